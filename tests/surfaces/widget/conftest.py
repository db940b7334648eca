"""An open form, and what it refuses."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.cast import House
from tests.surfaces.widget.door import Door, door_of


@pytest.fixture
def door(app: Flask, house: House) -> Door:
    return door_of(app, house)


@pytest.fixture
def refused(door: Door) -> Callable[[Any], dict[str, str]]:
    """Send a body that is refused with 422; its errors by field. Nothing was written."""

    def send(body: Any) -> dict[str, str]:
        answer = door.post(body)
        assert answer.status_code == 422, answer.text
        assert answer.content_type == "application/problem+json"
        assert door.inquiries() == []
        return {e["field"]: e["message"] for e in answer.json["errors"]}

    return send
