"""Who comes in at what pace, what a request costs, and the page that shows it all."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app import create_app
from app.kernel.limits import limiter
from app.rest.door import PER_ACTOR
from app.settings import Settings
from tests.cast import House
from tests.surfaces.accounts.browser import signed_in
from tests.surfaces.graphql.conftest import Desk, statements
from tests.surfaces.rest.conftest import Program, couple, problem, program

__all__ = ["statements"]


@pytest.fixture
def limited(settings: Settings, app: Flask, house: House) -> Iterator[Desk]:
    """The house before an app that counts requests, its counters empty."""
    counting = create_app(settings.model_copy(update={"rate_limits": True}))
    with counting.app_context():
        limiter.reset()
    yield Desk(counting, house)
    limiter.enabled = app.config["RATELIMIT_ENABLED"]


def test_a_key_is_slowed_down_alone(limited: Desk) -> None:
    fast, other = program(limited), program(limited)
    bound = int(PER_ACTOR.split()[0])
    assert {fast.get("/tasks?limit=0").status_code for _ in range(bound)} == {422}
    refused = fast.get("/leads")
    assert problem(refused, 429)["code"] == "RATE_LIMITED"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert other.get("/leads").status_code == 200


@pytest.mark.parametrize(
    ("path", "most"),
    [("/leads", 2), ("/leads?created_from=2026-01-01", 3), ("/leads/{}", 1), ("/leads/{}/interactions", 3)],
)
def test_a_read_costs_few_statements_however_many_rows(
    api: Program, desk: Desk, lead_id: UUID, statements: Callable[[], Any], path: str, most: int
) -> None:
    for _ in range(3):
        desk.lead()
    with statements() as sent:
        assert api.get(path.format(lead_id)).status_code == 200
    assert len(sent) == most, sent


def test_the_page_shows_the_document_by_files_of_ours_alone(app: Flask, house: House) -> None:
    page = app.test_client().get("/api/docs")
    assert page.status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert re.findall(r'(?:src|href)="(?!/)', page.text) == []
    assert 'data-document="/api/openapi.json"' in page.text
    home = signed_in(app, house.viewer).client.get("/")
    assert 'href="/api/docs"' in home.text


def test_a_key_made_up_is_nobody_whatever_it_asks(app: Flask) -> None:
    for given in ("Bearer wsl_made-up", "Basic abc", "Bearer ", "wsl_"):
        headers = {"Authorization": given}
        answer = app.test_client().post("/api/leads", json=couple(), headers=headers)
        assert problem(answer, 401)["code"] == "NOT_AUTHENTICATED"
