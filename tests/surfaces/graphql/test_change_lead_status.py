"""`changeLeadStatus`: where a lead may go, what it must bring, and what follows."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from tests.surfaces.graphql.conftest import Caller, Desk

CHANGE = """mutation ($id: UUID!, $input: LeadStatusInput!) {
    changeLeadStatus(id: $id, input: $input) {
        success message errors { field code message }
        scoreChanges { oldScore newScore } automationChanges { sequencesEnrolled sequencesRemoved }
        lead { leadStatus lostReason lostDetails convertedAt statusHistory { fromStatus toStatus reason }
               enrollments { status endReason } } } }"""


def change(ask: Caller, lead_id: UUID, **given: Any) -> dict[str, Any]:
    told = ask(CHANGE, id=str(lead_id), input=given)["changeLeadStatus"]
    assert told["errors"] == []
    return dict(told)


def refusal(ask: Caller, lead_id: UUID, **given: Any) -> dict[str, Any]:
    told = ask(CHANGE, id=str(lead_id), input=given)["changeLeadStatus"]
    assert (told["success"], told["lead"], told["automationChanges"]) == (False, None, None)
    [error] = told["errors"]
    return dict(error)


def test_an_open_lead_moves_with_its_history(desk: Desk, ask: Caller) -> None:
    told = change(ask, desk.lead(), leadStatus="qualified")
    assert (told["success"], told["message"]) == (True, "Status changed.")
    assert told["lead"]["leadStatus"] == "qualified"
    assert told["lead"]["statusHistory"][0] == {"fromStatus": "new", "toStatus": "qualified", "reason": None}


def test_a_lost_lead_keeps_the_reason_and_leaves_its_sequences(desk: Desk, ask: Caller) -> None:
    told = change(ask, desk.lead(), leadStatus="lost", lostReason="price", lostDetails="Twice the budget")
    assert (told["lead"]["lostReason"], told["lead"]["lostDetails"]) == ("price", "Twice the budget")
    assert told["automationChanges"] == {"sequencesEnrolled": [], "sequencesRemoved": ["Welcome"]}
    assert [one["status"] for one in told["lead"]["enrollments"]] == ["cancelled"]
    assert told["lead"]["statusHistory"][0]["reason"] == "price"


def test_a_won_lead_has_a_booking_or_the_word_that_its_value_is_unknown(desk: Desk, ask: Caller) -> None:
    told = change(ask, desk.lead(), leadStatus="won", valueUnknown=True)
    assert told["lead"]["leadStatus"] == "won"
    assert told["lead"]["convertedAt"] is not None


def test_a_closed_lead_reopens(desk: Desk, ask: Caller) -> None:
    lead_id = desk.lead()
    change(ask, lead_id, leadStatus="lost", lostReason="price")
    told = change(ask, lead_id, leadStatus="follow_up")
    assert (told["lead"]["leadStatus"], told["lead"]["lostReason"]) == ("follow_up", None)


def test_the_status_it_has_changes_nothing(desk: Desk, ask: Caller, unchanged: Any) -> None:
    lead_id = desk.lead()
    with unchanged():
        told = change(ask, lead_id, leadStatus="new")
    assert (told["success"], told["message"]) == (True, "Nothing changed.")


@pytest.mark.parametrize(
    ("given", "field", "code", "said"),
    [
        ({"leadStatus": "won"}, "valueUnknown", "value_missing", "convert the lead"),
        ({"leadStatus": "lost"}, "lostReason", "reason_missing", "one of"),
        ({"leadStatus": "lost", "lostReason": "the moon"}, "lostReason", "unknown_reason", "the moon"),
        ({"leadStatus": "duplicate"}, None, "CONFLICT", "merge"),
        ({"leadStatus": "lost", "lostDetails": "x" * 10_001}, "lostDetails", "string_too_long", "10000"),
    ],
)
def test_a_move_that_may_not_be_says_what_is_missing(
    desk: Desk, ask: Caller, unchanged: Any, given: dict[str, Any], field: str | None, code: str, said: str
) -> None:
    lead_id = desk.lead()
    with unchanged():
        error = refusal(ask, lead_id, **given)
    assert (error["field"], error["code"]) == (field, code)
    assert said in error["message"]


def test_a_status_that_does_not_exist_is_no_request(desk: Desk, ask: Caller, unchanged: Any) -> None:
    lead_id = desk.lead()
    with unchanged():
        error = ask.refused(CHANGE, id=str(lead_id), input={"leadStatus": "engaged"})
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "engaged" in error["message"]


def test_who_may_not_move_it(desk: Desk, stranger: Caller, unchanged: Any) -> None:
    lead_id, reader = desk.lead(), desk.caller(scopes=[Permission.READ])
    with unchanged():
        assert refusal(reader, lead_id, leadStatus="qualified")["code"] == "NOT_PERMITTED"
        theirs, unknown = (refusal(stranger, i, leadStatus="qualified") for i in (lead_id, uuid7()))
    assert theirs == unknown == {"field": None, "code": "NOT_FOUND", "message": "No lead with this id."}
