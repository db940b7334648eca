"""The desk of a test's supplier; whatever the test did, what is counted must equal a recount."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.cast import House
from tests.features.leads.desk import Desk
from tests.features.leads.team import Team


@pytest.fixture
def desk(app: Flask, house: House) -> Iterator[Desk]:
    found = Desk(app, house)
    yield found
    assert found.miscounted() == []


@pytest.fixture
def team(app: Flask, house: House) -> Team:
    return Team(app, house)
