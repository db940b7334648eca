"""A supplier at work over REST: programs with keys, and the lead they ask about."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from uuid_utils.compat import uuid7
from werkzeug.test import TestResponse

from app.kernel.actor import Actor, Permission
from tests.cast import House
from tests.surfaces.graphql.conftest import Desk


@dataclass(frozen=True)
class Program:
    """A caller with a key."""

    app: Flask
    key: str
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, **options: Any) -> TestResponse:
        given = {"Authorization": f"Bearer {self.key}"} | options.pop("headers", {})
        return self.app.test_client().open(f"/api{path}", method=method, headers=given, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.send("GET", path, **options)

    def post(self, path: str, json: Any, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("POST", path, json=json, headers=named)


def program(desk: Desk, actor: Actor | None = None, scopes: list[Permission] | None = None) -> Program:
    return Program(desk.app, desk.caller(actor, scopes).key)


def couple() -> dict[str, Any]:
    """A body for a new lead."""
    return {"lead_source": "referral", "primary_email": f"couple-{uuid7().hex}@example.com"}


def problem(answer: TestResponse, status: int) -> dict[str, Any]:
    """The problem that the answer is."""
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), answer.text
    assert answer.json is not None
    assert answer.json["status"] == status
    return dict(answer.json)


@pytest.fixture
def desk(app: Flask, house: House) -> Desk:
    return Desk(app, house)


@pytest.fixture
def api(desk: Desk) -> Program:
    """The owner's program."""
    return program(desk)


@pytest.fixture
def stranger(desk: Desk) -> Program:
    """A program of another supplier."""
    return program(desk, desk.house.stranger.actor)


@pytest.fixture
def lead_id(desk: Desk) -> UUID:
    return desk.lead(couple_name_bride="Maya", estimated_budget="4200.50", wedding_date="2027-06-12")
