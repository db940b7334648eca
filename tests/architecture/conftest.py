"""A house and everybody before it, kept for a module."""

import pytest
from flask import Flask

from tests.architecture.callers import Callers
from tests.architecture.targets import Targets
from tests.cast import House, open_house


@pytest.fixture(scope="module")
def house(app: Flask) -> House:
    """One house for a whole table: a refusal changes nothing, and what is allowed gets fresh rows."""
    return open_house(app)


@pytest.fixture(scope="module")
def callers(app: Flask, house: House) -> Callers:
    return Callers(app, house)


@pytest.fixture(scope="module")
def targets(app: Flask, house: House) -> Targets:
    return Targets(app, house)
