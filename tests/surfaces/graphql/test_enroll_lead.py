"""`enrollLead`: a person puts a lead in a sequence."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from app.models.nurture import NurtureSequence
from tests.factories.nurture import change
from tests.surfaces.graphql.conftest import Caller, Desk

ENROLL = """mutation ($id: UUID!, $sequenceId: UUID!) {
    enrollLead(id: $id, sequenceId: $sequenceId) {
        success message errors { field code message } automationChanges { sequencesEnrolled }
        lead { enrollments { status sequence { sequenceName } } } } }"""

MOVE = """mutation ($id: UUID!, $input: LeadStatusInput!) {
    changeLeadStatus(id: $id, input: $input) { success } }"""


def enroll(ask: Caller, lead_id: UUID, sequence_id: object) -> dict[str, Any]:
    return dict(ask(ENROLL, id=str(lead_id), sequenceId=str(sequence_id))["enrollLead"])


def move(ask: Caller, lead_id: UUID, **given: str) -> None:
    told = ask(MOVE, id=str(lead_id), input=given)["changeLeadStatus"]
    assert told["success"] is True


@pytest.fixture
def welcome(ask: Caller) -> str:
    """The id of the sequence that every supplier begins with."""
    [sequence] = ask("{ nurtureSequences { sequences { id } } }")["nurtureSequences"]["sequences"]
    return str(sequence["id"])


@pytest.fixture
def outside(desk: Desk, ask: Caller) -> UUID:
    """A lead that left its sequence."""
    lead_id = desk.lead()
    move(ask, lead_id, leadStatus="lost", lostReason="price")
    move(ask, lead_id, leadStatus="new")
    return lead_id


def test_a_lead_enters_a_sequence(ask: Caller, outside: UUID, welcome: str) -> None:
    told = enroll(ask, outside, welcome)
    assert (told["success"], told["errors"]) == (True, [])
    assert told["automationChanges"] == {"sequencesEnrolled": ["Welcome"]}
    assert told["lead"]["enrollments"][0] == {"status": "active", "sequence": {"sequenceName": "Welcome"}}


def test_nobody_enters_twice(desk: Desk, ask: Caller, unchanged: Any, welcome: str) -> None:
    lead_id = desk.lead()
    with unchanged():
        told = enroll(ask, lead_id, welcome)
    assert (told["success"], [error["code"] for error in told["errors"]]) == (False, ["CONFLICT"])
    assert told["message"] == "The lead is in this sequence already."


@pytest.mark.parametrize(
    ("state", "says"),
    [({"is_active": False}, "switched off"), ({"published_version": 0}, "not published yet")],
)
def test_a_sequence_that_does_not_run_says_why(
    desk: Desk, ask: Caller, outside: UUID, welcome: str, state: dict[str, Any], says: str
) -> None:
    with desk.app.app_context():
        change(desk.house, NurtureSequence, UUID(welcome), **state)
    (error,) = enroll(ask, outside, welcome)["errors"]
    assert (error["field"], error["code"]) == ("sequenceId", "not_live")
    assert says in error["message"]


def test_a_closed_lead_enters_nothing(desk: Desk, ask: Caller, unchanged: Any, welcome: str) -> None:
    lead_id = desk.lead()
    move(ask, lead_id, leadStatus="spam")
    with unchanged():
        told = enroll(ask, lead_id, welcome)
    assert told["errors"][0]["code"] == "CONFLICT"
    assert "reopen" in told["message"]


def test_an_unknown_sequence_is_named(outside: UUID, ask: Caller, stranger: Caller, unchanged: Any) -> None:
    theirs = stranger("{ nurtureSequences { sequences { id } } }")["nurtureSequences"]["sequences"][0]["id"]
    with unchanged():
        told = [enroll(ask, outside, sequence_id) for sequence_id in (theirs, uuid7())]
    assert told[0] == told[1]
    assert told[0]["success"] is False
    assert [(error["field"], error["code"]) for error in told[0]["errors"]] == [("sequenceId", "unknown")]


def test_who_may_not_enroll(desk: Desk, stranger: Caller, unchanged: Any, welcome: str) -> None:
    lead_id, reader = desk.lead(), desk.caller(scopes=[Permission.READ])
    with unchanged():
        assert enroll(reader, lead_id, welcome)["errors"][0]["code"] == "NOT_PERMITTED"
        theirs, unknown = (enroll(stranger, i, welcome) for i in (lead_id, uuid7()))
    assert theirs == unknown
    assert theirs["errors"][0]["code"] == "NOT_FOUND"
