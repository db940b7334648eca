from collections.abc import Iterator

import pytest
from flask import Flask


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
