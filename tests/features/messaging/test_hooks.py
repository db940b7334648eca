"""What providers report, signed, and the text messages of couples."""

from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.uow import unit_of_work
from app.messaging import reports, texts
from app.messaging.suppressions import suppress
from app.models.choices import Channel, EnrollmentStatus, InteractionType, MessageClass, StepType
from app.models.leads import Lead, LeadInteraction
from app.models.messaging import Message, Suppression
from app.models.notices import Notice
from app.models.nurture import Enrollment, SmsTemplate
from app.settings import Settings
from app.workflows.deliver_message import deliver_message
from app.workflows.run_step import run_step
from tests.cast import House
from tests.factories.nurture import (
    email_step,
    enrollment,
    events,
    make_lead,
    make_sequence,
    messages,
    one,
    rows,
)
from tests.features.messaging.hooked import LATER, PHONE, SECRET, barred, inbound, twilio
from tests.features.messaging.signalling import NOW, sent
from tests.unit.messaging.test_agents import CHROME

pytestmark = pytest.mark.usefixtures("provided")


def event(message: Message, kind: str, **said: Any) -> dict[str, Any]:
    return {"id": uuid7().hex, "type": kind, "message_id": f"<{message.id}@example.com>"} | said


def post(
    client: FlaskClient, *told: dict[str, Any], secret: str = SECRET, late: int = 0, raw: bytes = b""
) -> Any:
    body, name, stamp = raw or orjson.dumps({"events": told}), "msg_1", str(int(LATER.timestamp()) - late)
    headers = {
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,bm8= {reports.sign(secret, name, stamp, body)}",
    }
    with clock.at(LATER):
        return client.post("/hooks/mail/postal", data=body, headers=headers)


def test_what_a_mail_provider_reports_is_recorded_once(house: House, client: FlaskClient) -> None:
    message = sent(house)
    told = [
        event(message, "delivered"),
        event(message, "opened", user_agent=CHROME),
        event(message, "clicked", user_agent=CHROME, url="https://rosewood.example/a"),
        event(message, "bounced", permanent=True, reason="550 no such user"),
        {"id": "x", "type": "delivered", "message_id": str(uuid7())},
    ]
    assert post(client, *told).json == {"recorded": 4, "known": 0, "unknown": 1}
    assert post(client, *told).json == {"recorded": 0, "known": 4, "unknown": 1}
    assert events(house, message.id)[-4:] == ["delivered", "opened", "clicked", "bounced"]
    assert one(house, Lead).email_clicks == 1
    assert one(house, Suppression).reason == "hard_bounce"
    entry = one(house, LeadInteraction, LeadInteraction.interaction_type == InteractionType.EMAIL_CLICKED)
    assert entry.interaction_metadata == {"link": "https://rosewood.example/a"}


def test_a_complaint_by_a_provider_ends_the_sequence(house: House, client: FlaskClient) -> None:
    message = sent(house)
    assert post(client, event(message, "complained")).status_code == 200
    assert one(house, Enrollment).end_reason == "complained"


def test_an_open_without_a_browser_is_a_machine(house: House, client: FlaskClient) -> None:
    message = sent(house)
    post(client, event(message, "opened"))
    assert one(house, Lead).email_opens == 0


@pytest.mark.parametrize(
    "wrong", [{"secret": "another"}, {"late": 301}, {"late": -301}, {"raw": b"\xff" * 9, "secret": "x"}]
)
def test_what_is_not_signed_or_old_is_refused(
    house: House, client: FlaskClient, wrong: dict[str, Any]
) -> None:
    message = sent(house)
    answer = post(client, event(message, "complained"), **wrong)
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert rows(house, Suppression) == []


def test_nobody_signs_with_nothing(client: FlaskClient) -> None:
    for headers in ({}, {"webhook-id": "a", "webhook-timestamp": "x", "webhook-signature": "v1,é"}):
        assert client.post("/hooks/mail/postal", json={}, headers=headers).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"events": []}',
        b'{"events": [{"id": "x", "type": "eaten", "message_id": "x"}]}',
        b'{"events": [{"id": "x", "type": "opened", "message_id": "someone@example.com"}]}',
        b'{"events": [{"id": "\\u0000", "type": "opened", "message_id": "x"}]}',
    ],
)
def test_a_body_that_is_wrong_is_told_where(client: FlaskClient, body: bytes) -> None:
    answer = post(client, raw=body or b" ")
    assert answer.status_code == 422
    assert answer.json["errors"]


def test_without_a_secret_there_is_no_hook(app: Flask, client: FlaskClient) -> None:
    settings: Settings = app.extensions["settings"]
    app.extensions["settings"] = settings.model_copy(update={"hook_secret": None, "sms_token": None})
    assert post(client, raw=b"{}").status_code == 404
    assert (
        client.post("/hooks/sms/inbound").status_code == client.post("/hooks/sms/status").status_code == 404
    )


def text_step(house: House) -> dict[str, Any]:
    with unit_of_work(house.supplier_id) as session:
        template = SmsTemplate(supplier_id=house.supplier_id, name=uuid7().hex, content="Hello")
        session.add(template)
        session.flush()
        return {
            "step_type": StepType.SMS,
            "sms_template_id": template.id,
            "message_class": MessageClass.FOLLOW_UP,
        }


def text_message(house: House, lead_id: Any, **columns: Any) -> Message:
    """One that has left."""
    fresh = {
        "channel": Channel.SMS, "message_class": MessageClass.FOLLOW_UP, "to_address": PHONE,
        "text_body": "Hi", "state": "accepted", "due_at": NOW, "accepted_at": NOW, "created_at": NOW,
    }  # fmt: skip
    message = Message(supplier_id=house.supplier_id, id=uuid7(), lead_id=lead_id, **fresh | columns)
    with unit_of_work(house.supplier_id) as session:
        session.add(message)
    return messages(house, lead_id)[-1]


def test_the_signature_is_that_of_the_provider_s_own_example() -> None:
    """https://www.twilio.com/docs/usage/security#validating-requests"""
    fields = {"CallSid": ["CA1234567890ABCDE"], "Caller": ["+14158675309"], "Digits": ["1234"],
              "From": ["+14158675309"], "To": ["+18005551212"]}  # fmt: skip
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert texts.sign("12345", url, fields) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_a_text_of_a_couple_is_a_reply(house: House, client: FlaskClient, number: str) -> None:
    make_sequence(house, [email_step(house)])
    lead_id = make_lead(house, NOW, primary_phone=PHONE)
    message = text_message(house, lead_id)
    answer = inbound(client, number, "Yes, Saturday!", NumMedia="2")
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    inbound(client, number, "Yes, Saturday!", NumMedia="2")
    [entry] = rows(house, LeadInteraction, LeadInteraction.interaction_type == InteractionType.SMS_RECEIVED)
    assert entry.interaction_content == "Yes, Saturday!\n\n(Pictures that came with it: 2.)"
    assert entry.message_id == message.id
    assert one(house, Lead).awaiting_reply_since == LATER
    assert enrollment(house, lead_id).end_reason == "replied"
    assert one(house, Message).replied_at == LATER
    assert one(house, Notice).kind == "answered"


def test_a_text_that_answers_nothing_counts_once_too(house: House, client: FlaskClient, number: str) -> None:
    make_sequence(house, [email_step(house)])
    lead_id = make_lead(house, NOW, primary_phone=None, secondary_phone=PHONE)
    for _ in range(2):
        inbound(client, number, "Hello?")
    text_message(house, lead_id)
    inbound(client, number, "Hello?")
    assert len(rows(house, LeadInteraction, LeadInteraction.interaction_type == "sms_received")) == 1
    assert enrollment(house, lead_id).end_reason == "replied"


@pytest.mark.parametrize("word", ["STOP", " stop. ", "StopAll", "UNSUBSCRIBE", "cancel", "End", "quit!"])
def test_stop_stops_text_messages_at_once(house: House, client: FlaskClient, number: str, word: str) -> None:
    make_sequence(house, [text_step(house)])
    lead_id = make_lead(house, NOW, primary_phone=PHONE)
    for _ in range(2):
        assert inbound(client, number, word).status_code == 200
    assert barred(house) == "unsubscribed"
    ended = enrollment(house, lead_id)
    assert (ended.status, ended.end_reason) == (EnrollmentStatus.CANCELLED, "opted_out")
    assert len(rows(house, LeadInteraction, LeadInteraction.interaction_type == "unsubscribed")) == 1
    lead = one(house, Lead)
    assert (lead.awaiting_reply_since, lead.opt_out_date) == (None, None)


def test_after_stop_e_mails_go_on_and_texts_do_not(house: House, client: FlaskClient, number: str) -> None:
    make_sequence(house, [email_step(house), text_step(house)])
    lead_id = make_lead(house, NOW, primary_phone=PHONE)
    due = text_message(house, lead_id, state="due", accepted_at=None)
    inbound(client, number, "STOP")
    with clock.at(LATER):
        deliver_message(house.supplier_id, due.id)
        run_step(house.supplier_id, enrollment(house, lead_id).id)
        mail = next(message for message in messages(house, lead_id) if message.channel == "email")
        deliver_message(house.supplier_id, mail.id)
    assert [(m.channel, m.state) for m in messages(house, lead_id)] == [
        ("sms", "skipped"),
        ("email", "accepted"),
    ]
    assert one(house, Message, Message.id == due.id).reason == "opted_out"


@pytest.mark.parametrize("word", ["START", "unstop"])
def test_start_lifts_what_stop_set_and_nothing_else(
    house: House, client: FlaskClient, number: str, word: str
) -> None:
    make_lead(house, NOW, primary_phone=PHONE)
    inbound(client, number, "STOP", "SM1")
    inbound(client, number, word, "SM2")
    assert barred(house) is None
    assert len(rows(house, LeadInteraction, LeadInteraction.interaction_type == "consent_changed")) == 1
    with unit_of_work(house.supplier_id) as session:
        suppress(session, house.supplier_id, Channel.SMS, PHONE, "manual")
    inbound(client, number, word, "SM3")
    assert barred(house) == "manual"


def test_a_number_that_nobody_has_may_stop(house: House, client: FlaskClient, number: str) -> None:
    assert inbound(client, number, "STOP").status_code == 200
    assert barred(house) == "unsubscribed"
    assert inbound(client, "+15005550000", "STOP").status_code == 200, "no supplier sends from there"


def test_two_leads_of_one_number_both_stop(house: House, client: FlaskClient, number: str) -> None:
    for _ in range(2):
        make_lead(house, NOW, primary_phone=PHONE)
    inbound(client, number, "STOP")
    assert len(rows(house, LeadInteraction, LeadInteraction.interaction_type == "unsubscribed")) == 2


@pytest.mark.parametrize(
    ("status", "code", "event", "why"),
    [
        ("delivered", "", "delivered", None),
        ("undelivered", "30003", "bounced", None),
        ("undelivered", "30005", "bounced", "hard_bounce"),
        ("failed", "21610", "unsubscribed", "unsubscribed"),
        ("sent", "", None, None),
        ("nonsense", "", None, None),
    ],
)
def test_what_became_of_a_text(
    house: House, client: FlaskClient, status: str, code: str, event: str | None, why: str | None
) -> None:
    message = text_message(house, make_lead(house, NOW, primary_phone=PHONE))
    said = {"MessageSid": "SM9", "MessageStatus": status, "ErrorCode": code}
    for _ in range(2):
        assert twilio(client, f"/hooks/sms/status?message={message.id}", said).status_code == 204
    assert events(house, message.id) == ([event] if event else [])
    assert barred(house) == why
    assert one(house, Lead).opt_out_date is None


def test_a_status_of_no_message_is_taken_and_left(client: FlaskClient) -> None:
    for query in ("", "?message=x", f"?message={uuid7()}"):
        said = {"MessageSid": "SM9", "MessageStatus": "delivered"}
        assert twilio(client, f"/hooks/sms/status{query}", said).status_code == 204


def test_what_the_provider_did_not_sign_is_refused(house: House, client: FlaskClient, number: str) -> None:
    fields = {"From": PHONE, "To": number, "Body": "STOP", "MessageSid": "SM1"}
    assert twilio(client, "/hooks/sms/inbound", fields, token="another").status_code == 401
    assert client.post("/hooks/sms/inbound", data=fields).status_code == 401
    assert barred(house) is None
    assert twilio(client, "/hooks/sms/inbound", {"Body": "x"}).status_code == 422
