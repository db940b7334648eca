"""The addresses that are not written to, over GraphQL."""

from typing import Any

import pytest
from flask import Flask
from uuid_utils.compat import uuid7

from app.kernel.uow import unit_of_work
from app.messaging.suppressions import suppress
from app.models.accounts import AuditEntry
from app.models.choices import Channel, SuppressionReason
from tests.cast import House
from tests.factories.nurture import rows
from tests.surfaces.graphql.conftest import Caller, Desk

ERRORS = "success errors { field code message existingId }"
ADD = f"""mutation ($input: SuppressionInput!) {{ addSuppression(input: $input) {{
    {ERRORS} suppression {{ id channel reason note }} }} }}"""
REMOVE = f"""mutation ($id: UUID!, $reason: String) {{
    removeSuppression(id: $id, input: {{reason: $reason}}) {{ {ERRORS} suppressionId }} }}"""
LIST = """query ($channel: Channel, $reason: SuppressionReason, $after: String) {
    suppressions(channel: $channel, reason: $reason, first: 2, after: $after) {
        totalCount nodes { id reason } pageInfo { endCursor hasNextPage } } }"""
OF = """query ($address: String!, $channel: Channel! = email) {
    suppressionOf(address: $address, channel: $channel) { id reason } }"""


def do(ask: Caller, document: str, **variables: Any) -> Any:
    [payload] = ask(document, **variables).values()
    return payload


def put(app: Flask, house: House, reason: str, address: str = "emma@example.com") -> None:
    with app.app_context(), unit_of_work(house.supplier_id) as session:
        suppress(session, house.supplier_id, Channel.EMAIL, address, SuppressionReason(reason))


def test_an_address_is_added_found_and_removed(
    ask: Caller, stranger: Caller, app: Flask, house: House
) -> None:
    made = do(ask, ADD, input={"address": " Emma@Example.com", "note": "On the phone"})
    assert made["success"]
    row = made["suppression"]
    assert (row["channel"], row["reason"], row["note"]) == ("email", "manual", "On the phone")
    told = {"id": row["id"], "reason": "manual"}
    assert do(ask, OF, address="EMMA@example.com") == told
    assert do(ask, OF, address="+44 7400 123456", channel="sms") is None
    assert do(stranger, OF, address="emma@example.com") is None
    assert do(ask, LIST)["nodes"] == [told]
    assert do(stranger, REMOVE, id=row["id"])["errors"][0]["code"] == "NOT_FOUND"
    gone = do(ask, REMOVE, id=row["id"])
    assert (gone["success"], gone["suppressionId"]) == (True, row["id"])
    assert do(ask, LIST)["totalCount"] == 0
    with app.app_context():
        audited = rows(house, AuditEntry, AuditEntry.table_name == "suppressions")
    assert [entry.action for entry in audited] == ["created", "deleted"]
    assert "emma" not in str([(entry.before, entry.after) for entry in audited]), "not even the log has it"


def test_twice_is_a_conflict_that_names_the_first(ask: Caller) -> None:
    first = do(ask, ADD, input={"channel": "sms", "address": "+44 7400 123456"})["suppression"]
    second = do(ask, ADD, input={"channel": "sms", "address": "+447400123456"})
    assert second["errors"][0] | {"message": ""} == {
        "field": None,
        "code": "CONFLICT",
        "message": "",
        "existingId": first["id"],
    }


def test_by_hand_outlasts_unsubscribed(ask: Caller, app: Flask, house: House) -> None:
    put(app, house, "unsubscribed")
    assert do(ask, ADD, input={"address": "emma@example.com"})["suppression"]["reason"] == "manual"


@pytest.mark.parametrize(
    ("channel", "address", "said"),
    [
        ("email", "emma", "@"),
        ("sms", "020 7946 0958", "country code"),
        ("sms", "emma@example.com", "country code"),
        ("email", "x" * 256, "255"),
    ],
)
def test_what_is_no_address_is_refused(ask: Caller, channel: str, address: str, said: str) -> None:
    refused = do(ask, ADD, input={"channel": channel, "address": address})
    assert refused["errors"][0]["field"] == "address"
    assert said in refused["errors"][0]["message"]
    assert do(ask, LIST)["totalCount"] == 0


@pytest.mark.parametrize("reason", ["hard_bounce", "complaint", "erased"])
def test_a_grave_one_needs_an_owner_and_a_reason(desk: Desk, app: Flask, house: House, reason: str) -> None:
    put(app, house, reason)
    owner, admin = desk.caller(), desk.caller(house.admin.actor)
    row = do(owner, OF, address="emma@example.com")
    refused = do(admin, REMOVE, id=row["id"], reason="They wrote to us.")
    assert (refused["errors"][0]["code"], refused["success"]) == ("NOT_PERMITTED", False)
    assert do(owner, REMOVE, id=row["id"])["errors"][0]["field"] == "reason"
    assert do(owner, OF, address="emma@example.com") == row
    assert do(owner, REMOVE, id=row["id"], reason="They wrote to us.")["success"]
    with app.app_context():
        entry = rows(house, AuditEntry, AuditEntry.table_name == "suppressions")[-1]
    assert (entry.before["reason"], entry.after["why"]) == (reason, "They wrote to us.")


def test_who_unsubscribed_needs_a_reason(desk: Desk, app: Flask, house: House) -> None:
    put(app, house, "unsubscribed")
    admin = desk.caller(house.admin.actor)
    row = do(admin, OF, address="emma@example.com")
    assert do(admin, REMOVE, id=row["id"])["errors"][0]["code"] == "needed"
    assert do(admin, REMOVE, id=row["id"], reason="They asked to hear from us.")["success"]


def test_the_list_is_filtered_and_paged(ask: Caller, app: Flask, house: House) -> None:
    for number in range(3):
        put(app, house, "unsubscribed", f"{uuid7().hex}{number}@example.com")
    put(app, house, "complaint")
    page = do(ask, LIST)
    assert (page["totalCount"], page["nodes"][0]["reason"]) == (4, "complaint")
    rest = do(ask, LIST, after=page["pageInfo"]["endCursor"])
    assert len(rest["nodes"]) == 2
    assert not rest["pageInfo"]["hasNextPage"]
    assert do(ask, LIST, reason="unsubscribed")["totalCount"] == 3
    assert do(ask, LIST, channel="sms")["totalCount"] == 0
