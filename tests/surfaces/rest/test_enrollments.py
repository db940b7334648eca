"""A lead's sequences over REST: what is to come, what was decided, and a program's hand in it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.actor import Permission
from app.workflows.run_steps import run_steps
from tests.factories.nurture import dated_step, email_step, enrollment, make_sequence, messages
from tests.surfaces.graphql.conftest import Desk
from tests.surfaces.rest.conftest import Program, problem, program


@pytest.fixture
def lead_id(desk: Desk) -> UUID:
    """At the first of two steps, the first of which asks before it sends."""
    with desk.app.app_context():
        house = desk.house
        asking = email_step(house, needs_approval=True, step_name="Letter")
        later = email_step(house, delay_amount=1, delay_unit="days", step_name="Reminder")
        make_sequence(house, [asking, later], sequence_name="Courtship")
    return desk.lead()


@pytest.fixture
def enrolled(desk: Desk, lead_id: UUID) -> str:
    with desk.app.app_context():
        return str(enrollment(desk.house, lead_id).id)


def test_what_is_to_come_and_what_was_decided(api: Program, lead_id: UUID, enrolled: str) -> None:
    [course] = api.get(f"/leads/{lead_id}/courses").json["courses"]
    assert (course["enrollment_id"], course["sequence_name"], course["is_paused"]) == (
        enrolled,
        "Courtship",
        False,
    )
    assert [step["step_name"] for step in course["steps"]] == ["Letter", "Reminder"]
    assert all(step["at"] and step["reason"] is None for step in course["steps"])

    told = api.post(f"/enrollments/{enrolled}/skip", {"step_id": course["steps"][0]["step_id"]}).json
    assert (told["success"], told["enrollment"]["steps_skipped"]) == (True, 1)
    [decision] = api.get(f"/leads/{lead_id}/decisions").json["decisions"]
    assert (decision["step_name"], decision["outcome"], decision["reason"]) == (
        "Letter",
        "skipped",
        "skipped_by_hand",
    )
    assert problem(api.post(f"/enrollments/{enrolled}/skip", {"step_id": str(uuid7())}), 409)
    api.post(f"/enrollments/{enrolled}/skip", {})
    page = api.get(f"/leads/{lead_id}/decisions?limit=1").json
    assert page["decisions"][0]["step_name"] == "Reminder"
    rest = api.get(f"/leads/{lead_id}/decisions?limit=1&after={page['next']}").json
    assert [one["step_name"] for one in rest["decisions"]] == ["Letter"]
    assert rest["next"] is None


def test_what_the_caps_would_move_says_so(desk: Desk, api: Program) -> None:
    with desk.app.app_context():
        sequence = make_sequence(desk.house, [email_step(desk.house), email_step(desk.house)])
    noon = datetime(2031, 3, 5, 12, tzinfo=UTC)
    lead_id = desk.lead(noon)
    with clock.at(noon):
        [course] = api.get(f"/leads/{lead_id}/courses").json["courses"]
        run = api.get(f"/nurture-sequences/{sequence}/dry-run?lead_id={lead_id}").json
    for first, second in (course["steps"], run["steps"]):
        assert (first["at"], first["wait_reason"]) == (first["due_at"], None)
        assert second["due_at"][:13] == "2031-03-05T12"
        assert (second["at"][:13], second["wait_reason"]) == ("2031-03-06T09", "daily_cap")


def test_pause_resume_end(api: Program, enrolled: str) -> None:
    for act, status in (("pause", "paused"), ("resume", "active"), ("end", "cancelled")):
        told = api.post(f"/enrollments/{enrolled}/{act}", None).json
        assert (told["success"], told["enrollment"]["status"]) == (True, status)
    assert (
        "has left this sequence" in problem(api.post(f"/enrollments/{enrolled}/pause", None), 409)["detail"]
    )


def test_a_step_is_taken_now(desk: Desk, api: Program, lead_id: UUID, enrolled: str) -> None:
    assert api.post(f"/enrollments/{enrolled}/send-now", {}).status_code == 200
    with desk.app.app_context():
        assert [message.state for message in messages(desk.house, lead_id)] == ["due"]


@pytest.mark.parametrize(("decision", "state"), [("approve", "due"), ("reject", "skipped")])
def test_a_message_is_decided_on(desk: Desk, api: Program, lead_id: UUID, decision: str, state: str) -> None:
    with desk.app.app_context():
        run_steps(desk.house.supplier_id)
        [message] = messages(desk.house, lead_id)
    [course] = api.get(f"/leads/{lead_id}/courses").json["courses"]
    assert course["waiting_message_id"] == str(message.id)
    told = api.post(f"/messages/{message.id}/decision", {"decision": decision}).json
    assert (told["message_id"], told["state"]) == (str(message.id), state)
    again = api.post(f"/messages/{message.id}/decision", {"decision": decision})
    assert problem(again, 409)
    assert problem(api.post(f"/messages/{message.id}/decision", {"decision": "perhaps"}), 422)


def test_what_another_wedding_date_would_move(desk: Desk, api: Program) -> None:
    with desk.app.app_context():
        make_sequence(desk.house, [dated_step(-1)], sequence_name="Soon")
    lead_id = desk.lead(wedding_date="2031-06-07")
    [move] = api.get(f"/leads/{lead_id}/wedding-moves?wedding_date=2031-06-14").json["moves"]
    assert (move["sequence_name"], move["before"][:10]) == ("Soon", "2031-05-31")
    assert move["after"][:10] == "2031-06-07"
    assert api.get(f"/leads/{lead_id}/wedding-moves?wedding_date=2031-06-07").json["moves"] == []
    assert api.get(f"/leads/{lead_id}/wedding-moves").json["moves"][0]["after"] is None


def test_a_key_that_may_only_read_may_not(desk: Desk, enrolled: str, lead_id: UUID) -> None:
    reader = program(desk, scopes=[Permission.READ])
    assert reader.get(f"/leads/{lead_id}/courses").status_code == 200
    assert problem(reader.post(f"/enrollments/{enrolled}/pause", None), 403)


def ask_all(api: Program, lead_id: object) -> list[Any]:
    return [api.get(f"/leads/{lead_id}/{what}").status_code for what in ("courses", "decisions")]


def test_an_unknown_lead(api: Program) -> None:
    assert ask_all(api, uuid7()) == [404, 404]
