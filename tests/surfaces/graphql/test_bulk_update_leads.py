"""`bulkUpdateLeads`: a result for each lead in the order asked; one that refuses stands in nobody's way."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from app.models.choices import LeadStatus
from tests.surfaces.graphql.conftest import Caller, Desk

BULK = """mutation ($input: BulkUpdateInput!) {
    bulkUpdateLeads(input: $input) {
        success message succeeded failed errors { field code message }
        results { leadId success errors { field code message } } } }"""


def bulk(ask: Caller, action: str, **given: Any) -> dict[str, Any]:
    return dict(ask(BULK, input={"action": action} | given)["bulkUpdateLeads"])


def states(ask: Caller) -> dict[str, Any]:
    leads = ask(
        "{ leads(filter: {status: [new, qualified, lost, won]}) { nodes "
        "{ id leadStatus tags assignee { fullName } } } }"
    )
    return {lead.pop("id"): lead for lead in leads["leads"]["nodes"]}


@pytest.fixture
def leads(desk: Desk) -> list[UUID]:
    return [desk.lead() for _ in range(3)]


def test_each_lead_has_its_result_in_the_order_asked(desk: Desk, ask: Caller, leads: list[UUID]) -> None:
    desk.change(leads[1], lead_status=LeadStatus.LOST, lost_reason="price")
    asked = [str(i) for i in (leads[2], leads[1], uuid7(), leads[0])]
    told = bulk(ask, "change_status", value="spam", ids=asked)
    assert [result["leadId"] for result in told["results"]] == asked
    assert [result["success"] for result in told["results"]] == [True, False, False, True]
    codes = [[error["code"] for error in result["errors"]] for result in told["results"]]
    assert codes == [[], ["CONFLICT"], ["NOT_FOUND"], []]
    assert (told["success"], told["succeeded"], told["failed"], told["errors"]) == (False, 2, 2, [])
    assert told["message"] == "2 of 4 leads changed."
    assert states(ask)[str(leads[1])]["leadStatus"] == "lost"


@pytest.mark.parametrize(
    ("action", "value", "became"),
    [
        ("add_tag", "barn", {"tags": ["kent", "barn"]}),
        ("remove_tag", "kent", {"tags": []}),
        ("change_status", "qualified", {"leadStatus": "qualified"}),
        ("assign", None, {"assignee": None}),
        ("assign", "member", {"assignee": {"fullName": "Member Person"}}),
    ],
)
def test_every_action_acts(
    desk: Desk, ask: Caller, action: str, value: str | None, became: dict[str, Any]
) -> None:
    lead_id = str(desk.lead(tags=["kent"]))
    given = str(desk.house.member.user_id) if value == "member" else value
    told = bulk(ask, action, value=given, ids=[lead_id])
    assert (told["success"], told["message"]) == (True, "1 of 1 leads changed.")
    assert states(ask)[lead_id] == states(ask)[lead_id] | became


def test_leads_are_lost_with_a_reason_or_stay(ask: Caller, leads: list[UUID], unchanged: Any) -> None:
    ids = [str(i) for i in leads]
    with unchanged():
        told = bulk(ask, "change_status", value="lost", ids=ids)
    assert told["succeeded"] == 0
    errors = [error for result in told["results"] for error in result["errors"]]
    assert {(error["field"], error["code"]) for error in errors} == {("lostReason", "reason_missing")}
    assert bulk(ask, "change_status", value="lost", lostReason="price", ids=ids)["success"] is True


def test_a_filter_names_the_leads(desk: Desk, ask: Caller, leads: list[UUID]) -> None:
    tagged = str(desk.lead(tags=["barn"]))
    told = bulk(ask, "remove_tag", value="barn", filter={"tags": ["barn"]})
    assert [result["leadId"] for result in told["results"]] == [tagged]
    assert bulk(ask, "remove_tag", value="barn", filter={"tags": ["barn"]})["results"] == []


def test_leads_are_deleted_by_those_who_may(
    desk: Desk, ask: Caller, leads: list[UUID], unchanged: Any
) -> None:
    writer, ids = desk.caller(scopes=[Permission.WRITE_LEADS]), [str(leads[0])]
    with unchanged():
        refused = bulk(writer, "delete", ids=ids)
    assert (refused["success"], refused["results"]) == (False, [])
    assert [error["code"] for error in refused["errors"]] == ["NOT_PERMITTED"]
    assert bulk(ask, "delete", ids=ids)["success"] is True
    assert states(ask).keys() == {str(i) for i in leads[1:]}


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"action": "add_tag", "value": "x"}, None, "value_error"),
        ({"action": "add_tag", "value": "x", "ids": [], "filter": {}}, "ids", "too_short"),
        ({"action": "add_tag", "value": "x", "ids": ["one"] * 2, "filter": {}}, None, "value_error"),
        ({"action": "add_tag", "value": "x", "ids": ["one"] * 501}, "ids", "too_long"),
        ({"action": "add_tag", "ids": ["one"]}, None, "value_error"),
        ({"action": "add_tag", "value": "x" * 101, "ids": ["one"]}, "value", "string_too_long"),
        ({"action": "assign", "value": "somebody", "ids": ["one"]}, "value", "uuid_parsing"),
        ({"action": "change_status", "value": "engaged", "ids": ["one"]}, "value", "enum"),
        ({"action": "add_tag", "value": "x", "filter": {"scoreMin": 101}}, "filter.scoreMin",
         "less_than_equal"),
        ({"action": "add_tag", "value": "x", "filter": {"tags": ["x"] * 10_000}}, "filter.tags", "too_long"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_to_any_is_named(
    ask: Caller, leads: list[UUID], unchanged: Any, given: dict[str, Any], field: str | None, code: str
) -> None:
    ids = [str(leads[0]) for _ in given["ids"]] if "ids" in given else None
    with unchanged():
        told = ask(BULK, input=given | ({"ids": ids} if ids is not None else {}))["bulkUpdateLeads"]
    assert (told["success"], told["results"], told["succeeded"]) == (False, [], 0)
    assert [(error["field"], error["code"]) for error in told["errors"]] == [(field, code)]


def test_ten_thousand_ids_are_too_large_a_request(ask: Caller, leads: list[UUID], unchanged: Any) -> None:
    with unchanged():
        answer = ask.send(BULK, {"input": {"action": "delete", "ids": [str(leads[0])] * 10_000}})
    assert answer.status_code == 413


def test_a_request_does_not_hold_too_many_bulks(ask: Caller, leads: list[UUID], unchanged: Any) -> None:
    one = f'bulkUpdateLeads(input: {{action: delete, ids: ["{leads[0]}"]}}) {{ success }}'
    with unchanged():
        error = ask.refused("mutation { " + " ".join(f"a{n}: {one}" for n in range(6)) + " }")
    assert error["extensions"]["limit"] == "cost"


def test_others_leads_are_not_there(stranger: Caller, leads: list[UUID], unchanged: Any) -> None:
    with unchanged():
        told = bulk(stranger, "add_tag", value="x", ids=[str(leads[0])])
    [result] = told["results"]
    assert [error["code"] for error in result["errors"]] == ["NOT_FOUND"]


def test_a_member_or_a_sequence_of_others_is_like_an_unknown_one(
    desk: Desk, ask: Caller, stranger: Caller, leads: list[UUID], unchanged: Any
) -> None:
    sequences = stranger("{ nurtureSequences { sequences { id } } }")["nurtureSequences"]["sequences"]
    theirs = {"assign": str(desk.house.stranger.user_id), "enroll": sequences[0]["id"]}
    for action, value in theirs.items():
        with unchanged():
            told = [bulk(ask, action, value=given, ids=[str(leads[0])]) for given in (value, str(uuid7()))]
        assert told[0] == told[1]
        assert [error["code"] for error in told[0]["results"][0]["errors"]] == ["unknown"]


def test_whoever_only_reads_does_nothing(desk: Desk, leads: list[UUID], unchanged: Any) -> None:
    reader = desk.caller(scopes=[Permission.READ])
    with unchanged():
        told = bulk(reader, "add_tag", value="x", ids=[str(leads[0])])
    assert [error["code"] for error in told["errors"]] == ["NOT_PERMITTED"]
