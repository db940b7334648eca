"""`createLead`: one workflow, its answer, and refusals after which nothing has changed."""

import json
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from tests.surfaces.graphql.conftest import Caller, Desk

CREATE = """mutation ($input: LeadCreateInput!, $join: Boolean! = false) {
    createLead(input: $input, join: $join) {
        success message leadScoreCalculated nurtureSequencesEnrolled
        errors { field code message existingId }
        lead { id couple leadStatus leadScore primaryEmail estimatedBudget budgetRange tags customFields
               preferredContactMethod source { sourceName isActive } interactions { totalCount } } } }"""


def given(**fields: Any) -> dict[str, Any]:
    return {"leadSource": "referral", "primaryEmail": f"couple-{uuid7().hex}@example.com"} | fields


def count(ask: Caller) -> int:
    return int(ask("{ leads { totalCount } }")["leads"]["totalCount"])


def refusal(ask: Caller, **fields: Any) -> list[dict[str, Any]]:
    """The errors of the payload, after a check that nothing was written."""
    before = count(ask)
    made = ask(CREATE, input=given(**fields))["createLead"]
    assert (made["success"], made["lead"], made["leadScoreCalculated"]) == (False, None, None)
    assert made["nurtureSequencesEnrolled"] == []
    assert count(ask) == before
    return list(made["errors"])


def test_a_lead_is_made_scored_and_enrolled(ask: Caller) -> None:
    made = ask(
        CREATE,
        input=given(
            coupleNameBride="Ada",
            coupleNameGroom="Ben",
            primaryEmail=" Ada@Example.COM ",
            estimatedBudget="3000.5",
            preferredContactMethod="phone",
            tags=["barn", "barn"],
            customFields={"theme": ["green", 1, None]},
        ),
    )["createLead"]
    assert made["success"] is True
    assert made["errors"] == []
    assert made["nurtureSequencesEnrolled"] == ["Welcome"]
    lead = made["lead"]
    assert made["leadScoreCalculated"] == lead["leadScore"] > 0
    assert lead == lead | {
        "couple": "Ada & Ben",
        "leadStatus": "new",
        "primaryEmail": "ada@example.com",
        "estimatedBudget": "3000.50",
        "budgetRange": "2500_5000",
        "tags": ["barn"],
        "customFields": {"theme": ["green", 1, None]},
        "preferredContactMethod": "phone",
        "source": {"sourceName": "Referral", "isActive": True},
    }
    assert ask("query ($id: UUID!) { lead(id: $id) { couple } }", id=lead["id"]) == {
        "lead": {"couple": "Ada & Ben"}
    }


def test_an_unknown_source_is_kept_as_it_was_said(ask: Caller) -> None:
    made = ask(CREATE, input=given(leadSource="Aunt Sally"))["createLead"]
    assert made["lead"]["source"] == {"sourceName": "Aunt Sally", "isActive": False}


def test_what_is_absent_was_not_said(ask: Caller) -> None:
    lead = ask(CREATE, input=given())["createLead"]["lead"]
    assert (lead["estimatedBudget"], lead["tags"], lead["customFields"]) == (None, [], {})
    assert lead["preferredContactMethod"] == "email"


def test_null_is_nothing_said_where_nothing_may_be_said(ask: Caller) -> None:
    made = ask(CREATE, input=given(estimatedBudget=None, weddingDate=None))["createLead"]
    assert made["lead"]["estimatedBudget"] is None
    assert {error["field"] for error in refusal(ask, tags=None, customFields=None)} == {
        "tags",
        "customFields",
    }


def test_a_known_email_is_a_duplicate_with_the_id_of_the_lead(ask: Caller) -> None:
    first = ask(CREATE, input=given(primaryEmail="ada@example.com"))["createLead"]["lead"]
    [error] = refusal(ask, primaryEmail="ADA@example.com", additionalNotes="again")
    assert (error["field"], error["code"], error["existingId"]) == (None, "DUPLICATE", first["id"])


def test_a_known_email_joins_its_lead_when_asked_to(ask: Caller) -> None:
    first = ask(CREATE, input=given(primaryEmail="ada@example.com"))["createLead"]["lead"]
    joined = ask(CREATE, input=given(primaryEmail="ada@example.com", coupleNameBride="Ada"), join=True)[
        "createLead"
    ]
    assert joined["success"] is True
    assert joined["lead"]["id"] == first["id"]
    assert joined["lead"]["couple"] == "Ada"
    assert joined["lead"]["interactions"]["totalCount"] > first["interactions"]["totalCount"]
    assert count(ask) == 1


def test_another_suppliers_couple_is_no_duplicate(ask: Caller, stranger: Caller) -> None:
    assert ask(CREATE, input=given(primaryEmail="ada@example.com"))["createLead"]["success"]
    assert stranger(CREATE, input=given(primaryEmail="ada@example.com"))["createLead"]["success"]
    assert (count(ask), count(stranger)) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"leadSource": ""}, "leadSource"),
        ({"leadSource": "x" * 101}, "leadSource"),
        ({"primaryEmail": "not an address"}, "primaryEmail"),
        ({"primaryEmail": "a" * 250 + "@example.com"}, "primaryEmail"),
        ({"primaryPhone": "call me"}, "primaryPhone"),
        ({"coupleNameBride": "x" * 256}, "coupleNameBride"),
        ({"additionalNotes": "x" * 10_001}, "additionalNotes"),
        ({"estimatedGuestCount": -1}, "estimatedGuestCount"),
        ({"estimatedBudget": "-1"}, "estimatedBudget"),
        ({"estimatedBudget": "12345678901.00"}, "estimatedBudget"),
        ({"estimatedBudget": "1.005"}, "estimatedBudget"),
        ({"budgetRange": "a lot"}, "budgetRange"),
        ({"weddingDate": "2999-01-01"}, "weddingDate"),
        ({"tags": ["x"] * 31}, "tags"),
        ({"tags": ["x", ""]}, "tags.1"),
        ({"tags": ["x" * 101]}, "tags.0"),
        ({"customFields": {f"k{n}": n for n in range(51)}}, "customFields"),
        ({"customFields": {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}}, "customFields"),
        ({"primaryEmail": None}, None),
    ],
)
def test_an_input_out_of_bounds_names_the_field_and_writes_nothing(
    ask: Caller, fields: dict[str, Any], named: str | None
) -> None:
    errors = refusal(ask, **fields)
    assert [error["field"] for error in errors] == [named]
    assert all(error["message"] and error["code"] for error in errors)


def test_every_problem_is_named_at_once(ask: Caller) -> None:
    errors = refusal(ask, leadSource="x" * 101, primaryEmail="nothing", tags=[""])
    assert {error["field"] for error in errors} == {"leadSource", "primaryEmail", "tags.0"}


@pytest.mark.parametrize(
    "fields",
    [
        {"leadStatus": "won"},
        {"supplierId": str(uuid7())},
        {"estimatedGuestCount": "many"},
        {"estimatedGuestCount": 2**31},
        {"estimatedBudget": "lots"},
        {"weddingDate": "June"},
        {"preferredContactMethod": "pigeon"},
        {"tags": [None]},
        {"additionalNotes": {"a": 1}},
    ],
)
def test_an_input_of_another_type_is_no_request(ask: Caller, fields: dict[str, Any]) -> None:
    error = ask.refused(CREATE, input=given(**fields))
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert next(iter(fields)) in error["message"]
    assert count(ask) == 0


@pytest.mark.parametrize("budget", ["NaN", "Infinity", "1e400"])
def test_a_budget_that_is_no_amount_is_named(ask: Caller, budget: str) -> None:
    answer = ask.send(CREATE, {"input": given(estimatedBudget=budget)}).json
    assert "estimatedBudget" in json.dumps(answer)
    assert "INTERNAL" not in json.dumps(answer)
    assert count(ask) == 0


def test_nul_is_refused_however_it_is_written(ask: Caller) -> None:
    by_variable = ask.send(CREATE, {"input": given(additionalNotes="a\0b")})
    by_literal = ask.send('mutation { createLead(input: {leadSource: "a\\u0000b"}) { success } }')
    in_json = ask.send(CREATE, {"input": given(customFields={"a": ["\0"]})})
    assert by_variable.status_code == in_json.status_code == 400
    for answer in (by_variable, by_literal, in_json):
        assert answer.json is not None
        assert "NUL" in answer.json["errors"][0]["message"]
    assert count(ask) == 0


def test_a_number_without_end_is_named_and_not_stored(ask: Caller) -> None:
    fields = 'leadSource: "website", primaryEmail: "a@example.com", customFields: {price: [1e999]}'
    wanted = "{ lead { id } errors { field message } }"
    made = ask(f"mutation {{ createLead(input: {{{fields}}}) {wanted} }}")
    told = "price.0 is a number beyond 1e300; send it as text"
    assert made["createLead"] == {"lead": None, "errors": [{"field": "customFields", "message": told}]}


def test_a_viewer_may_not_create(desk: Desk, ask: Caller) -> None:
    reader = desk.caller(scopes=[Permission.READ])
    made = reader(CREATE, input=given())["createLead"]
    assert [error["code"] for error in made["errors"]] == ["NOT_PERMITTED"]
    assert made["success"] is False
    assert count(ask) == 0


def test_a_key_that_only_writes_is_not_told_what_it_wrote(desk: Desk, ask: Caller) -> None:
    writer = desk.caller(scopes=[Permission.WRITE_LEADS])
    answer = writer.send(
        "mutation ($input: LeadCreateInput!) { createLead(input: $input) { success lead { id } } }",
        {"input": given()},
    )
    assert answer.json is not None
    assert answer.json["data"]["createLead"] == {"success": True, "lead": None}
    assert answer.json["errors"][0]["extensions"]["code"] == "NOT_PERMITTED"
    assert count(ask) == 1


def test_each_field_of_a_mutation_stands_alone(ask: Caller) -> None:
    found = ask(
        """mutation ($good: LeadCreateInput!, $bad: LeadCreateInput!) {
            first: createLead(input: $good) { success }
            second: createLead(input: $bad) { success errors { field } }
            third: createLead(input: $good) { success errors { code } } }""",
        good=given(primaryEmail="ada@example.com"),
        bad=given(primaryEmail="nothing"),
    )
    assert found == {
        "first": {"success": True},
        "second": {"success": False, "errors": [{"field": "primaryEmail"}]},
        "third": {"success": False, "errors": [{"code": "DUPLICATE"}]},
    }
    assert count(ask) == 1
