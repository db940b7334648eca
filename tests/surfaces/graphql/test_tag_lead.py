"""`tagLead`: tags put on and taken off, the others stay."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from tests.surfaces.graphql.conftest import Caller, Desk

TAG = """mutation ($id: UUID!, $input: TagChangeInput!) {
    tagLead(id: $id, input: $input) {
        success message errors { field code message }
        lead { tags interactions(types: [tag_changed]) { nodes { interactionSubject } } } } }"""


def tag(ask: Caller, lead_id: UUID, **given: Any) -> dict[str, Any]:
    return dict(ask(TAG, id=str(lead_id), input=given)["tagLead"])


def test_tags_are_put_on_and_taken_off(desk: Desk, ask: Caller) -> None:
    told = tag(ask, desk.lead(tags=["barn", "film"]), add=["kent", "barn"], remove=["film", "never there"])
    assert (told["success"], told["message"], told["errors"]) == (True, "Tags changed.", [])
    assert told["lead"]["tags"] == ["barn", "kent"]
    assert told["lead"]["interactions"]["nodes"] == [{"interactionSubject": "+kent, -film"}]


def test_a_tag_in_both_is_taken_off(desk: Desk, ask: Caller) -> None:
    assert tag(ask, desk.lead(tags=["barn"]), add=["barn"], remove=["barn"])["lead"]["tags"] == []


def test_tags_that_it_has_change_nothing(desk: Desk, ask: Caller, unchanged: Any) -> None:
    lead_id = desk.lead(tags=["barn"])
    with unchanged():
        told = tag(ask, lead_id, add=["barn"], remove=["film"])
    assert (told["success"], told["message"]) == (True, "Nothing changed.")


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({}, None, "value_error"),
        ({"add": []}, None, "value_error"),
        ({"add": None}, "add", "list_type"),
        ({"add": [""]}, "add.0", "string_too_short"),
        ({"add": ["x" * 101]}, "add.0", "string_too_long"),
        ({"remove": [f"tag {n}" for n in range(10_000)]}, "remove", "too_long"),
        ({"add": [f"tag {n}" for n in range(30)]}, "add", "too_many"),
    ],
)
def test_what_cannot_be_tags_is_named(
    desk: Desk, ask: Caller, unchanged: Any, given: dict[str, Any], field: str | None, code: str
) -> None:
    lead_id = desk.lead(tags=["barn"])
    with unchanged():
        told = tag(ask, lead_id, **given)
    assert (told["success"], told["lead"]) == (False, None)
    assert [(error["field"], error["code"]) for error in told["errors"]] == [(field, code)]


def test_who_may_not_tag(desk: Desk, stranger: Caller, unchanged: Any) -> None:
    lead_id, reader = desk.lead(), desk.caller(scopes=[Permission.READ])
    with unchanged():
        assert tag(reader, lead_id, add=["x"])["errors"][0]["code"] == "NOT_PERMITTED"
        theirs, unknown = (tag(stranger, i, add=["x"]) for i in (lead_id, uuid7()))
    assert theirs == unknown
    assert theirs["errors"][0]["code"] == "NOT_FOUND"
