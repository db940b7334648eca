"""`lead(id)`."""

import json
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from tests.surfaces.graphql.conftest import Caller, Desk

LEAD = (
    "query ($id: UUID!) { lead(id: $id) { id couple leadStatus source { sourceName } assignee { email } } }"
)


def test_a_lead_is_found_by_its_id(desk: Desk, ask: Caller, statements: Any) -> None:
    lead = desk.lead(couple_name_bride="Ada", couple_name_groom="Ben", lead_source="referral")
    with statements() as sent:
        found = ask(LEAD, id=str(lead))["lead"]
    assert found == {
        "id": str(lead),
        "couple": "Ada & Ben",
        "leadStatus": "new",
        "source": {"sourceName": "Referral"},
        "assignee": {"email": found["assignee"]["email"]},
    }
    assert len(sent) == 1


def test_another_suppliers_lead_answers_exactly_like_an_unknown_one(desk: Desk, stranger: Caller) -> None:
    ours = desk.lead()
    for accept in ("application/json", "application/graphql-response+json"):
        answers = [
            stranger.send(LEAD, {"id": str(lead)}, headers={"Accept": accept}) for lead in (ours, uuid7())
        ]
        told = [{**answer.headers, "X-Request-ID": ""} for answer in answers]
        assert answers[0].data == answers[1].data == b'{"data":{"lead":null}}'
        assert answers[0].status_code == answers[1].status_code == 200
        assert told[0] == told[1]


def test_a_signed_out_supplier_sees_nothing_of_a_leads_children(desk: Desk, stranger: Caller) -> None:
    desk.lead()
    found = stranger(
        "{ leads { totalCount summary { totalLeads } nodes { interactions { nodes { id } } } } }"
    )
    assert found == {"leads": {"totalCount": 0, "summary": {"totalLeads": 0}, "nodes": []}}


@pytest.mark.parametrize("given", ["", "seven", "00000000-0000-0000-0000", 7, None])
def test_an_id_that_is_none_is_named(ask: Caller, given: Any) -> None:
    error = ask.refused(LEAD, id=given)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "id" in error["message"]


def test_the_couple_is_both_names_or_one_or_the_way_to_reach_them(desk: Desk, ask: Caller) -> None:
    given: list[dict[str, str]] = [
        {"couple_name_bride": "Ada"},
        {"couple_name_groom": "Ben"},
        {"primary_email": "nobody@example.com"},
    ]
    leads = [desk.lead(**fields) for fields in given]
    told = [ask(LEAD, id=str(lead))["lead"]["couple"] for lead in leads]
    assert told == ["Ada", "Ben", "nobody@example.com"]


def test_what_the_couple_wrote_is_told_to_its_supplier_alone(
    desk: Desk, ask: Caller, stranger: Caller
) -> None:
    secret = f"secret {uuid7().hex}"
    desk.lead(additional_notes=secret, custom_fields={"note": secret}, tags=["quiet"])
    everything = (
        "{ leads { nodes { additionalNotes customFields interactions { nodes { interactionContent } } } } }"
    )
    assert secret in json.dumps(ask(everything))
    assert secret not in json.dumps(stranger(everything))
