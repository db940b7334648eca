"""A text message of a sequence on its way through a provider, and what its answers lead to."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, current_app
from pydantic import SecretStr

from app.kernel import clock
from app.kernel.uow import unit_of_work
from app.messaging.suppressions import suppress
from app.messaging.transports.sms import OPTED_OUT
from app.models.accounts import Supplier
from app.models.choices import Channel, InteractionType, MessageClass, MessageState, SuppressionReason
from app.models.leads import Lead, LeadInteraction, Task
from app.models.messaging import Message
from app.models.nurture import SmsTemplate
from app.workflows.deliver_message import deliver_message
from app.workflows.deliver_messages import deliver_messages
from tests.cast import House
from tests.factories.nurture import change, events, one
from tests.features.messaging.test_composing import composed, text_message
from tests.sms_provider import SmsProvider, sms_provider

NOON = datetime(2026, 6, 3, 11, 0, tzinfo=UTC)


@pytest.fixture
def provider(app: Flask, house: House) -> Iterator[SmsProvider]:
    """A provider that the app sends through while the test runs, and a number of the supplier's."""
    settings: Any = app.extensions["settings"]
    number = f"+447400{str(house.supplier_id.int)[-6:]}"
    change(house, Supplier, house.supplier_id, sms_number=number)
    with sms_provider() as running:
        sms = {"sms_transport": "http", "sms_url": running.url, "sms_account": "AC1"}
        app.extensions["settings"] = settings.model_copy(update=sms | {"sms_token": SecretStr("s3cr3t")})
        yield running
        app.extensions["settings"] = settings


def sent(house: House, template: SmsTemplate) -> Message:
    message = composed(house, template, message_class=MessageClass.FOLLOW_UP)
    assert message
    with clock.at(NOON):
        deliver_message(house.supplier_id, message.id)
    return one(house, Message, Message.id == message.id)


def test_a_text_message_reaches_the_provider(house: House, provider: SmsProvider) -> None:
    message = sent(house, text_message(house, "Dear {{ bride_name }}, may we call you?"))
    assert (message.state, message.transport, message.provider_id) == (MessageState.ACCEPTED, "sms", "SM1")
    (call,) = provider.calls
    assert call.form["To"] == "+447700900456"
    assert call.form["From"] == one(house, Supplier).sms_number
    assert call.form["Body"] == "Dear Änne, may we call you? Reply STOP to opt out."
    assert call.headers["Idempotency-Key"] == str(message.id)


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        ((400, {"code": 21211}), MessageState.FAILED, "sms_21211"),
        ((400, {"code": 21610}), MessageState.FAILED, OPTED_OUT),
        ((429, b""), MessageState.DUE, "sms_429"),
        (None, MessageState.UNCERTAIN, "sms_unanswered_RemoteDisconnected"),
    ],
)
def test_what_the_provider_says_is_written_down(
    house: House, provider: SmsProvider, answer: Any, state: MessageState, reason: str
) -> None:
    provider.answer = answer
    message = sent(house, text_message(house, "Hi"))
    assert (message.state, message.reason) == (state, reason)
    with clock.at(NOON):
        deliver_message(house.supplier_id, message.id)
    assert len(provider.calls) == 1, "and it is not sent again by itself at once"


def test_a_supplier_without_a_number_sends_none(house: House, provider: SmsProvider) -> None:
    change(house, Supplier, house.supplier_id, sms_number=None)
    message = sent(house, text_message(house, "Hi"))
    assert provider.calls == []
    assert (message.state, message.reason) == (MessageState.SKIPPED, "sms_not_configured")
    assert events(house, message.id) == ["skipped"]


def test_a_number_that_was_corrected_gets_the_text_and_the_old_one_none(
    house: House, provider: SmsProvider
) -> None:
    message = composed(house, text_message(house, "Hi"))
    assert message
    with unit_of_work(house.supplier_id) as session:
        suppress(session, house.supplier_id, Channel.SMS, message.to_address, SuppressionReason.UNSUBSCRIBED)
    change(house, Lead, message.lead_id, primary_phone="+447700900999")
    with clock.at(NOON):
        deliver_message(house.supplier_id, message.id)
    (call,) = provider.calls
    assert call.form["To"] == "+447700900999"
    assert one(house, Message, Message.id == message.id).to_address == "+447700900999"


def test_a_text_that_left_stands_on_the_timeline_as_one(house: House, provider: SmsProvider) -> None:
    message = sent(house, text_message(house, "Hi"))
    entry = one(house, LeadInteraction, LeadInteraction.message_id == message.id)
    assert entry.interaction_type is InteractionType.SMS_SENT


def test_a_text_that_failed_makes_a_task_that_says_so(house: House, provider: SmsProvider) -> None:
    provider.answer = (400, {"code": 21408})
    message = sent(house, text_message(house, "Hi"))
    task = one(house, Task, Task.task_type == "message_failed")
    assert task.title.startswith("Text message to Änne")
    assert task.description == f"“Hi Reply STOP to opt out.” to {message.to_address}: sms_21408"


def test_texts_that_wait_when_the_provider_is_taken_away_let_their_sequences_go_on(
    house: House, provider: SmsProvider
) -> None:
    message = composed(house, text_message(house, "Hi"))
    assert message
    settings: Any = current_app.extensions["settings"]
    current_app.extensions["settings"] = settings.model_copy(
        update={"sms_transport": "outbox", "mail_transport": "smtp", "smtp_url": "smtp://127.0.0.1:9"}
    )
    with clock.at(NOON):
        deliver_messages(house.supplier_id)
    assert provider.calls == []
    skipped = one(house, Message, Message.id == message.id)
    assert (skipped.state, skipped.reason) == (MessageState.SKIPPED, "sms_not_configured")
