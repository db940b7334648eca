"""`sendReply`: an e-mail of a person to a couple, once."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from tests.surfaces.graphql.conftest import Caller, Desk

SEND = """mutation ($id: UUID!, $input: ReplyInput!, $messageId: UUID) {
    sendReply(leadId: $id, input: $input, messageId: $messageId) {
        success message errors { field code message }
        reply { id messageClass toAddress subject textBody state } lead { messages { subject } } } }"""
WORDS = {"subject": "Your day", "body": "June is free."}


def send(ask: Caller, lead_id: UUID, message_id: UUID | None = None, **given: Any) -> dict[str, Any]:
    chosen = {"messageId": str(message_id)} if message_id else {}
    return dict(ask(SEND, id=str(lead_id), input=WORDS | given, **chosen)["sendReply"])


def test_a_reply_is_on_its_way(desk: Desk, ask: Caller) -> None:
    told = send(ask, desk.lead(primary_email="ada@example.com"))
    assert (told["success"], told["message"], told["errors"]) == (True, "Reply on its way.", [])
    assert told["reply"] == told["reply"] | {
        "messageClass": "reply",
        "toAddress": "ada@example.com",
        "subject": "Your day",
        "state": "due",
    }
    assert "June is free." in told["reply"]["textBody"]
    assert {"subject": "Your day"} in told["lead"]["messages"]


def test_sent_again_under_its_id_it_is_one_message(desk: Desk, ask: Caller, unchanged: Any) -> None:
    lead_id, message_id = desk.lead(), uuid7()
    first = send(ask, lead_id, message_id)
    with unchanged():
        again = send(ask, lead_id, message_id)
    assert first["reply"]["id"] == again["reply"]["id"] == str(message_id)


def test_an_id_of_another_message_is_a_conflict(desk: Desk, ask: Caller, unchanged: Any) -> None:
    lead_id, message_id = desk.lead(), uuid7()
    send(ask, desk.lead(), message_id)
    with unchanged():
        told = send(ask, lead_id, message_id)
    assert [error["code"] for error in told["errors"]] == ["CONFLICT"]


def test_without_an_address_nothing_leaves(desk: Desk, ask: Caller, unchanged: Any) -> None:
    lead_id = desk.lead(primary_email=None, primary_phone="+44 20 7946 0958")
    with unchanged():
        told = send(ask, lead_id)
    assert (told["success"], told["reply"]) == (False, None)
    assert [error["code"] for error in told["errors"]] == ["CONFLICT"]


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"subject": " "}, "subject", "missing"),
        ({"subject": "x" * 256}, "subject", "string_too_long"),
        ({"body": ""}, "body", "missing"),
        ({"body": "x" * 10_001}, "body", "string_too_long"),
    ],
)
def test_a_reply_says_something_within_bounds(
    desk: Desk, ask: Caller, unchanged: Any, given: dict[str, str], field: str, code: str
) -> None:
    lead_id = desk.lead()
    with unchanged():
        told = send(ask, lead_id, **given)
    assert [(error["field"], error["code"]) for error in told["errors"]] == [(field, code)]


def test_who_may_not_reply(desk: Desk, stranger: Caller, unchanged: Any) -> None:
    lead_id, reader = desk.lead(), desk.caller(scopes=[Permission.READ])
    with unchanged():
        assert send(reader, lead_id)["errors"][0]["code"] == "NOT_PERMITTED"
        theirs, unknown = (send(stranger, i) for i in (lead_id, uuid7()))
    assert theirs == unknown
    assert theirs["errors"][0]["code"] == "NOT_FOUND"
