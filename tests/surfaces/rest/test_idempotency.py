"""`Idempotency-Key`: once, whatever comes between."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from flask import Response
from sqlalchemy import select
from uuid_utils.compat import uuid7
from werkzeug.test import TestResponse

from app.accounts import idempotency
from app.accounts.access import current_actor
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.uow import reading
from app.models.accounts import IdempotencyKey
from app.rest.once import fingerprint, only
from tests.surfaces.graphql.conftest import Desk
from tests.surfaces.rest.conftest import Program, couple, problem, program


def send(api: Program, body: Any, key: str) -> TestResponse:
    return api.post("/leads", body, Idempotency_Key=key)


def total(api: Program) -> int:
    return int(api.get("/leads").json["pagination"]["total"])


def kept(desk: Desk) -> list[str]:
    with desk.app.app_context(), reading(desk.house.supplier_id) as session:
        return list(session.scalars(select(IdempotencyKey.key)))


def test_the_same_request_is_given_the_same_answer(api: Program) -> None:
    body, key = couple(), uuid7().hex
    first, again = send(api, body, key), send(api, body, key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    assert [again.headers[name] for name in ("ETag", "Location", "Content-Type")] == [
        first.headers[name] for name in ("ETag", "Location", "Content-Type")
    ]
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert total(api) == 1


def test_without_a_key_nothing_is_remembered(api: Program, desk: Desk) -> None:
    body = couple()
    assert [api.post("/leads", body).status_code for _ in range(2)] == [201, 409]
    assert kept(desk) == []


def test_another_request_with_the_key_is_refused(api: Program) -> None:
    body, key = couple(), uuid7().hex
    send(api, body, key)
    for path, other in (("/leads", couple()), ("/leads?join=true", body)):
        refused = problem(api.post(path, other, Idempotency_Key=key), 422)
        assert refused["code"] == "IDEMPOTENCY_KEY_REUSED"
        assert refused["errors"][0]["field"] == "Idempotency-Key"
    assert total(api) == 1


def test_two_at_once_take_effect_once(api: Program) -> None:
    body, key = couple(), uuid7().hex
    start = Barrier(4)

    def ask(_: int) -> TestResponse:
        start.wait(10)
        return send(api, body, key)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) <= {201, 409}
    assert sum("Idempotent-Replayed" not in a.headers for a in answers if a.status_code == 201) == 1
    running = {problem(answer, 409)["code"] for answer in answers if answer.status_code == 409}
    assert running <= {"IDEMPOTENCY_KEY_IN_USE"}
    assert total(api) == 1


def test_while_the_first_is_at_work_the_second_is_told_so(api: Program) -> None:
    body, key = couple(), uuid7().hex
    begin(api, body, key, clock.now())
    refused = api.post("/leads", body, Idempotency_Key=key)
    assert problem(refused, 409)["code"] == "IDEMPOTENCY_KEY_IN_USE"
    assert refused.headers["Retry-After"] == "1"
    assert total(api) == 0


def test_a_first_that_died_at_work_gives_the_key_free_after_a_while(api: Program) -> None:
    body, key = couple(), uuid7().hex
    begin(api, body, key, clock.now() - idempotency.LEASE)
    assert send(api, body, key).status_code == 201
    assert send(api, body, key).headers["Idempotent-Replayed"] == "true"


def test_a_first_that_wakes_up_late_does_not_write_over_the_second(api: Program, desk: Desk) -> None:
    body, key = couple(), uuid7().hex
    late = begin(api, body, key, clock.now() - idempotency.LEASE)
    second = send(api, body, key)
    with desk.app.app_context():
        actor = desk.house.owner.actor
        idempotency.record(actor, late, idempotency.Answer(200, "late", {}), clock.now())
        idempotency.release(actor, late)
    assert send(api, body, key).data == second.data


@pytest.mark.parametrize(
    ("body", "status"),
    [({"lead_source": "x"}, 422), ({"primary_email": "no address", "lead_source": "x"}, 422)],
)
def test_a_refusal_of_the_input_is_an_answer_like_any(
    api: Program, body: dict[str, Any], status: int
) -> None:
    key = uuid7().hex
    first, again = send(api, body, key), send(api, body, key)
    assert problem(first, status) == problem(again, status)
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_duplicate_stays_one_under_its_key(api: Program) -> None:
    body, key = couple(), uuid7().hex
    api.post("/leads", body)
    assert [problem(send(api, body, key), 409)["code"] for _ in range(2)] == ["DUPLICATE"] * 2


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_an_answer_that_may_pass_is_not_kept(desk: Desk, status: int) -> None:
    key = uuid7().hex
    with posting(desk, couple(), key):
        assert only(lambda: Response("later", status)).status_code == status
        assert kept(desk) == []
        assert only(lambda: Response("done", 201)).data == b"done"
        assert kept(desk) == [key]


def test_a_fault_gives_the_key_free(desk: Desk) -> None:
    def fail() -> Response:
        raise ZeroDivisionError("a fault")

    with posting(desk, couple(), uuid7().hex):
        with pytest.raises(ZeroDivisionError):
            only(fail)
        assert kept(desk) == []


def test_a_day_later_the_key_is_new(api: Program, desk: Desk) -> None:
    body, key = couple(), uuid7().hex
    with clock.at(clock.now() - idempotency.KEPT):
        first = send(api, body, key)
        other = send(api, couple(), uuid7().hex)
    assert (first.status_code, other.status_code) == (201, 201)
    again = send(api, body, key)
    assert problem(again, 409)["code"] == "DUPLICATE"
    assert kept(desk) == [key], "what has expired is cleared away"


def test_a_key_belongs_to_who_sends_it(api: Program, desk: Desk, stranger: Program) -> None:
    key = uuid7().hex
    answers = [send(who, couple(), key) for who in (api, program(desk), stranger)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert (total(api), total(stranger)) == (2, 1)


@pytest.mark.parametrize("key", ["", "x" * 256, "ümlaut", "tab\there"])
def test_what_is_no_key(api: Program, key: str) -> None:
    refused = problem(send(api, couple(), key), 422)
    assert refused["errors"][0]["field"] == "Idempotency-Key"
    assert total(api) == 0


def test_the_longest_key(api: Program) -> None:
    assert send(api, couple(), "~" * 255).status_code == 201


@contextmanager
def posting(desk: Desk, body: Any, key: str) -> Iterator[Actor]:
    """Inside a request of the owner's program, before its work."""
    headers = {"Authorization": f"Bearer {desk.caller().key}", "Idempotency-Key": key}
    with desk.app.test_request_context("/api/leads", method="POST", json=body, headers=headers):
        yield current_actor()


def begin(api: Program, body: Any, key: str, now: datetime) -> UUID:
    """Claim the key like a request that is still at work, or has died of it."""
    headers = {"Authorization": f"Bearer {api.key}"}
    with api.app.test_request_context("/api/leads", method="POST", json=body, headers=headers):
        claimed = idempotency.claim(current_actor(), key, fingerprint(), now)
    assert isinstance(claimed, UUID)
    return claimed
