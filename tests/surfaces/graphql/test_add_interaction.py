"""`addInteraction`: an entry on the timeline, what moves with it, and what to do next."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.actor import Permission
from tests.surfaces.graphql.conftest import Caller, Desk

ADD = """mutation ($id: UUID!, $input: InteractionInput!) {
    addInteraction(leadId: $id, input: $input) {
        success message errors { field code message } leadScoreUpdated newLeadScore nextRecommendedAction
        interaction { interactionType interactionSubject interactionContent interactionMetadata
                      interactionOutcome followUpRequired followUpDate isSystem occurredAt createdAt }
        lead { totalInteractions lastContactAt nextFollowUpAt awaitingReplySince nextRecommendedAction
               leadScore tasks { title dueAt } } } }"""


def add(ask: Caller, lead_id: UUID, kind: str, **given: Any) -> dict[str, Any]:
    told = ask(ADD, id=str(lead_id), input={"interactionType": kind} | given)["addInteraction"]
    assert told["errors"] == []
    return dict(told)


def refusal(ask: Caller, lead_id: UUID, kind: str, **given: Any) -> dict[str, Any]:
    told = ask(ADD, id=str(lead_id), input={"interactionType": kind} | given)["addInteraction"]
    assert (told["success"], told["interaction"], told["lead"]) == (False, None, None)
    assert (told["leadScoreUpdated"], told["newLeadScore"]) == (False, None)
    [error] = told["errors"]
    return dict(error)


def test_a_call_stands_on_the_timeline(desk: Desk, ask: Caller) -> None:
    lead_id = desk.lead()
    counted = ask("query ($id: UUID!) { lead(id: $id) { totalInteractions } }", id=str(lead_id))
    before = counted["lead"]["totalInteractions"]
    told = add(
        ask,
        lead_id,
        "phone_call",
        interactionSubject="The date",
        interactionContent="They want June.",
        interactionOutcome="Interested",
        interactionMetadata={"minutes": 12},
    )
    assert (told["success"], told["message"]) == (True, "Interaction added.")
    assert told["interaction"] == told["interaction"] | {
        "interactionType": "phone_call",
        "interactionSubject": "The date",
        "interactionContent": "They want June.",
        "interactionOutcome": "Interested",
        "interactionMetadata": {"minutes": 12},
        "followUpRequired": False,
        "followUpDate": None,
        "isSystem": False,
    }
    assert told["lead"]["totalInteractions"] == before + 1
    assert told["lead"]["lastContactAt"] == told["interaction"]["occurredAt"]


def test_the_score_is_told_and_whether_it_moved(desk: Desk, ask: Caller) -> None:
    lead_id = desk.lead()
    before = ask("query ($id: UUID!) { lead(id: $id) { leadScore } }", id=str(lead_id))["lead"]["leadScore"]
    told = add(ask, lead_id, "email_replied")
    assert told["newLeadScore"] == told["lead"]["leadScore"]
    assert told["leadScoreUpdated"] is (told["newLeadScore"] != before)


def test_what_to_do_next_is_told_as_the_lead_tells_it(desk: Desk, ask: Caller) -> None:
    told = add(ask, desk.lead(), "email_replied", interactionContent="Is June free?")
    assert told["lead"]["awaitingReplySince"] == told["interaction"]["occurredAt"]
    assert told["nextRecommendedAction"] == told["lead"]["nextRecommendedAction"] == "reply_to_inquiry"


def test_a_follow_up_makes_a_task_for_its_time_or_the_next_morning(desk: Desk, ask: Caller) -> None:
    due = datetime(2031, 5, 1, 9, tzinfo=UTC)
    on_time = add(ask, desk.lead(), "phone_call", interactionSubject="Call", followUpDate=due.isoformat())
    assert on_time["interaction"]["followUpRequired"] is True
    assert [task["title"] for task in on_time["lead"]["tasks"]] == ["Call"]
    assert datetime.fromisoformat(on_time["lead"]["nextFollowUpAt"]) == due
    at_nine = add(ask, desk.lead(), "phone_call", followUpRequired=True)
    due_at = datetime.fromisoformat(at_nine["interaction"]["followUpDate"])
    assert clock.now() < due_at < clock.now() + timedelta(days=2)
    assert at_nine["lead"]["nextFollowUpAt"] == at_nine["interaction"]["followUpDate"]


def test_it_may_be_written_down_later(desk: Desk, ask: Caller) -> None:
    told = add(ask, desk.lead(), "meeting_completed", occurredAt="2026-01-05T10:00:00+01:00")
    assert told["interaction"]["occurredAt"] == "2026-01-05T09:00:00+00:00"


@pytest.mark.parametrize(
    ("kind", "given", "field", "code"),
    [
        ("phone_call", {"occurredAt": "2199-01-01T00:00:00Z"}, "occurredAt", "future"),
        ("phone_call", {"occurredAt": "2026-01-01T00:00:00"}, "occurredAt", "timezone_aware"),
        ("note_added", {}, "interactionContent", "missing"),
        ("note_added", {"interactionContent": "  "}, "interactionContent", "missing"),
        ("status_changed", {}, "interactionType", "value_error"),
        ("phone_call", {"interactionSubject": "x" * 256}, "interactionSubject", "string_too_long"),
        ("phone_call", {"interactionContent": "x" * 10_001}, "interactionContent", "string_too_long"),
        ("phone_call", {"interactionOutcome": "x" * 101}, "interactionOutcome", "string_too_long"),
        ("phone_call", {"interactionMetadata": {str(n): n for n in range(51)}}, "interactionMetadata",
         "value_error"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_named(
    desk: Desk, ask: Caller, unchanged: Any, kind: str, given: dict[str, Any], field: str, code: str
) -> None:
    lead_id = desk.lead()
    with unchanged():
        error = refusal(ask, lead_id, kind, **given)
    assert (error["field"], error["code"]) == (field, code)


def test_who_may_not_write(desk: Desk, stranger: Caller, unchanged: Any) -> None:
    lead_id, reader = desk.lead(), desk.caller(scopes=[Permission.READ])
    with unchanged():
        assert refusal(reader, lead_id, "phone_call")["code"] == "NOT_PERMITTED"
        theirs, unknown = (refusal(stranger, i, "phone_call") for i in (lead_id, uuid7()))
    assert theirs == unknown == {"field": None, "code": "NOT_FOUND", "message": "No lead with this id."}
