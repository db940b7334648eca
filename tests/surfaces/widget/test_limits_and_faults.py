"""Too many requests, and the days when Redis or PostgreSQL is away."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from app import create_app
from app.kernel import jobs
from app.kernel.limits import limiter
from app.models.choices import InquiryState
from app.settings import Settings
from app.widget import gate
from tests.cast import House
from tests.surfaces.widget.door import Door, door_of

NOBODY_HOME = "127.0.0.1:9"
"""The discard port, where nothing listens."""


@pytest.fixture
def limited(settings: Settings, app: Flask, house: House) -> Iterator[Door]:
    """The door of an app that counts requests, its counters empty."""
    counting = create_app(settings.model_copy(update={"rate_limits": True}))
    with counting.app_context():
        limiter.reset()
    yield door_of(counting, house)
    limiter.enabled = app.config["RATELIMIT_ENABLED"]


def _bound(limits: str) -> int:
    return int(limits.split()[0])


def test_one_address_is_slowed_down(limited: Door) -> None:
    statuses = [limited.post({}).status_code for _ in range(_bound(gate.PER_ADDRESS))]
    refused = limited.post(limited.inquiry())
    assert set(statuses) == {422}
    assert refused.status_code == 429
    assert refused.content_type == "application/problem+json"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    assert limited.inquiries() == []


def test_another_address_is_not(limited: Door) -> None:
    for _ in range(_bound(gate.PER_ADDRESS) + 1):
        limited.post({})
    assert limited.post(limited.inquiry(), environ_overrides={"REMOTE_ADDR": "192.0.2.7"}).status_code == 201


def test_the_hosted_page_counts_with_it_and_says_so_to_a_person(limited: Door) -> None:
    for _ in range(_bound(gate.PER_ADDRESS)):
        limited.post({})
    page = limited.client.post(f"/f/{limited.key}", data={})
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 0
    assert "One moment, please" in page.text


def test_a_form_has_a_limit_of_its_own_on_what_is_stored(
    limited: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "PER_FORM", "3 per minute")
    token = limited.token()

    def send(i: int) -> list[int]:
        """The API, a repeat, rubbish, and the hosted page, each from an address of its own."""
        body = limited.inquiry()
        where = {"environ_overrides": {"REMOTE_ADDR": f"192.0.2.{i}"}}
        typed = {"your_name": "Emma", "email": f"emma{i}@example.com", "token": token}
        page = typed | {"idempotency_key": f"a-key-{i}-{body['idempotency_key']}"}
        posts = [limited.post(b, **where) for b in (body, body, {}, [])]
        hosted = limited.client.post(f"/f/{limited.key}", data=page, **where)
        return [answer.status_code for answer in (*posts, hosted)]

    assert [send(i) for i in range(3)] == [
        [201, 200, 422, 422, 303],
        [201, 429, 429, 429, 429],
        [429] * 5,
    ]


def test_a_refusal_names_the_limit_and_the_wait(limited: Door) -> None:
    for _ in range(_bound(gate.PER_ADDRESS)):
        limited.post({})
    problem = limited.post({}).json
    assert problem["code"] == "RATE_LIMITED"
    assert re.fullmatch(r"At most 20 per 1 minute; try again in \d+ seconds\.", problem["detail"])


@pytest.fixture
def without_redis(settings: Settings, house: House, app: Flask) -> Iterator[Door]:
    away = settings.model_copy(update={"redis_url": f"redis://{NOBODY_HOME}/0", "rate_limits": True})
    jobs.connect.cache_clear()
    yield door_of(create_app(away), house)
    limiter.enabled = app.config["RATELIMIT_ENABLED"]


def test_with_redis_away_an_inquiry_is_still_taken(without_redis: Door) -> None:
    answers = [without_redis.post(without_redis.inquiry()) for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 201]
    assert [i.state for i in without_redis.inquiries()] == [InquiryState.CAPTURED] * 2


@pytest.fixture
def without_database(settings: Settings, door: Door) -> Door:
    """A door whose app finds no PostgreSQL behind its address."""
    url = f"postgresql://nobody@{NOBODY_HOME}/nothing"
    away = create_app(settings.model_copy(update={"database_url": url}))
    return Door(away, away.test_client(), door.supplier_id, door.key)


def test_with_postgresql_away_the_answer_is_503_and_when_to_come_again(without_database: Door) -> None:
    answer = without_database.post(without_database.inquiry(), headers={"Origin": "https://rose.example"})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.content_type == "application/problem+json"
    assert "same idempotency key" in answer.json["detail"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_preflight_lets_the_page_read_that(without_database: Door) -> None:
    path = f"/f/{without_database.key}/inquiries"
    answer = without_database.client.options(path, headers={"Origin": "https://rose.example"})
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_with_postgresql_away_the_hosted_page_says_so(without_database: Door, method: str) -> None:
    page = without_database.client.open(f"/f/{without_database.key}", method=method)
    assert page.status_code == 503
    assert int(page.headers["Retry-After"]) > 0
    assert "Load this page again" in page.text
    assert ("Your message could not be stored" in page.text) == (method == "POST")
