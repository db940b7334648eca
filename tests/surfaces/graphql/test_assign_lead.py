"""`assignLead`: who looks after a lead; absent stays, null is nobody."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.accounts.schemas import TeamName
from app.accounts.team import create_team
from app.kernel.actor import Permission
from tests.surfaces.graphql.conftest import Caller, Desk

ASSIGN = """mutation ($id: UUID!, $input: AssignmentInput!) {
    assignLead(id: $id, input: $input) {
        success message errors { field code message }
        lead { assignee { fullName } team { name } interactions(types: [assigned]) { totalCount } } } }"""


@pytest.fixture
def team_id(desk: Desk) -> UUID:
    with desk.app.app_context():
        return create_team(desk.house.owner.actor, TeamName(name="Kent"))


def assign(ask: Caller, lead_id: UUID, **given: Any) -> dict[str, Any]:
    told = ask(ASSIGN, id=str(lead_id), input=given)["assignLead"]
    assert told["errors"] == []
    return dict(told)


def refusal(ask: Caller, lead_id: UUID, **given: Any) -> dict[str, Any]:
    told = ask(ASSIGN, id=str(lead_id), input=given)["assignLead"]
    assert (told["success"], told["lead"]) == (False, None)
    [error] = told["errors"]
    return dict(error)


def test_a_lead_is_given_to_a_member_and_a_team(desk: Desk, ask: Caller, team_id: UUID) -> None:
    told = assign(ask, desk.lead(), userId=str(desk.house.admin.user_id), teamId=str(team_id))
    assert (told["success"], told["message"]) == (True, "Lead assigned.")
    assert told["lead"]["assignee"] == {"fullName": "Admin Person"}
    assert told["lead"]["team"] == {"name": "Kent"}


def test_what_is_absent_stays_and_null_is_nobody(desk: Desk, ask: Caller, team_id: UUID) -> None:
    lead_id = desk.lead()
    assign(ask, lead_id, userId=str(desk.house.admin.user_id), teamId=str(team_id))
    told = assign(ask, lead_id, teamId=None)["lead"]
    assert (told["assignee"], told["team"]) == ({"fullName": "Admin Person"}, None)
    assert assign(ask, lead_id, userId=None)["lead"]["assignee"] is None


def test_whoever_has_it_already_keeps_it(desk: Desk, ask: Caller, unchanged: Any) -> None:
    lead_id = desk.lead()
    assign(ask, lead_id, userId=str(desk.house.admin.user_id))
    with unchanged():
        told = assign(ask, lead_id, userId=str(desk.house.admin.user_id))
    assert told["message"] == "Nothing changed."


def test_only_members_who_write_are_given_leads(desk: Desk, ask: Caller, unchanged: Any) -> None:
    lead_id, house = desk.lead(), desk.house
    with unchanged():
        errors = [
            refusal(ask, lead_id, userId=str(user_id))
            for user_id in (house.viewer.user_id, house.stranger.user_id, uuid7())
        ]
    assert [(error["field"], error["code"]) for error in errors] == [
        ("userId", "viewer"),
        ("userId", "unknown"),
        ("userId", "unknown"),
    ]
    assert errors[1] == errors[2]


def test_an_unknown_team_and_an_assignment_of_nothing_are_named(
    desk: Desk, ask: Caller, unchanged: Any
) -> None:
    lead_id = desk.lead()
    with unchanged():
        assert refusal(ask, lead_id, teamId=str(uuid7()))["field"] == "teamId"
        assert refusal(ask, lead_id)["code"] == "nothing_given"


def test_who_may_not_assign(desk: Desk, stranger: Caller, unchanged: Any) -> None:
    lead_id, reader = desk.lead(), desk.caller(scopes=[Permission.READ])
    with unchanged():
        assert refusal(reader, lead_id, userId=None)["code"] == "NOT_PERMITTED"
        theirs, unknown = (refusal(stranger, i, userId=None) for i in (lead_id, uuid7()))
    assert theirs == unknown
    assert theirs["code"] == "NOT_FOUND"
