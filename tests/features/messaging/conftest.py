from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.fakes import Mailbox, smtp_server


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Mailbox]:
    """A real SMTP server that the app sends through while the test runs."""
    settings: Any = app.extensions["settings"]
    with smtp_server() as box:
        app.extensions["settings"] = settings.model_copy(
            update={"mail_transport": "smtp", "smtp_url": box.url}
        )
        yield box
        app.extensions["settings"] = settings
