"""What a step's message looks like once it is written: channel, words, segments, variant, held or due."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.uow import reading, unit_of_work
from app.messaging.envelope import build
from app.messaging.liquid import TemplateError
from app.messaging.senders.sender import Sender
from app.messaging.service import Automated, compose
from app.messaging.transports import Envelope
from app.messaging.transports.chosen import channels, transport
from app.messaging.transports.outbox import Outbox
from app.messaging.transports.sms import Sms
from app.messaging.transports.smtp import Smtp
from app.models.accounts import Supplier
from app.models.choices import Channel, MessageClass, MessageState
from app.models.leads import Lead
from app.models.messaging import Message
from app.models.nurture import EmailTemplate, SmsTemplate
from app.settings import Settings
from tests.cast import House
from tests.factories.nurture import change, email_step, enrollment, events, make_lead, make_sequence, one

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


def composed(house: House, template: EmailTemplate | SmsTemplate, **wanted: Any) -> Message | None:
    """The message that a step writes with this template, a follow-up unless it says otherwise."""
    make_sequence(house, [email_step(house)])
    lead_id = make_lead(house, NOW, primary_phone="+447700900456", couple_name_bride="Änne")
    place = enrollment(house, lead_id)
    assert place.current_step_id
    fresh: dict[str, Any] = {"message_class": MessageClass.FOLLOW_UP}
    ids = {"enrollment_id": place.id, "step_id": place.current_step_id}
    with clock.at(NOW), unit_of_work(house.supplier_id) as session:
        session.add(template)
        session.flush()
        lead = session.get_one(Lead, (house.supplier_id, lead_id))
        made = compose(session, lead, Automated(template, **ids, **(fresh | wanted)), NOW)
    return one(house, Message, Message.id == made) if made else None


def text_message(house: House, content: str) -> SmsTemplate:
    return SmsTemplate(supplier_id=house.supplier_id, name=f"Text {uuid7().hex}", content=content)


def email(house: House, content: str = "<p>Hi</p>") -> EmailTemplate:
    name = f"Template {uuid7().hex}"
    return EmailTemplate(supplier_id=house.supplier_id, name=name, subject="Hello", content=content)


def test_a_text_message_has_words_segments_and_the_way_out(house: House) -> None:
    message = composed(house, text_message(house, "\n Dear {{ bride_name }}, see you.\r\nOlive\n"))
    assert message
    assert (message.channel, message.to_address, message.subject) == (Channel.SMS, "+447700900456", None)
    assert message.text_body == "Dear Änne, see you.\nOlive Reply STOP to opt out."
    assert (message.html_body, message.segments, message.state) == (None, 1, MessageState.DUE)


@pytest.mark.parametrize(
    ("content", "message_class", "text"),
    [
        ("Hi. STOP ends this.", MessageClass.MARKETING, "Hi. STOP ends this."),
        ("Stopping by?", MessageClass.MARKETING, "Stopping by? Reply STOP to opt out."),
        ("Thank you!", MessageClass.ACKNOWLEDGEMENT, "Thank you!"),
    ],
)
def test_the_way_out_stands_once_where_the_class_needs_it(
    house: House, content: str, message_class: MessageClass, text: str
) -> None:
    message = composed(house, text_message(house, content), message_class=message_class)
    assert message
    assert message.text_body == text


@pytest.mark.parametrize(
    ("content", "problem"),
    [("x" * 1_600, "has 11 parts; at most 10"), (" {% if false %}x{% endif %} ", "is empty")],
)
def test_a_text_message_that_cannot_be_sent_is_refused(house: House, content: str, problem: str) -> None:
    with pytest.raises(TemplateError, match=problem):
        composed(house, text_message(house, content))


def test_a_text_message_leaves_from_the_suppliers_number(house: House) -> None:
    message = composed(house, text_message(house, "Grüße"), message_class=MessageClass.ACKNOWLEDGEMENT)
    assert message
    supplier = Supplier(name="Rosewood", sms_number="+447700900123")
    ours = Envelope(str(message.id), "+447700900123", "+447700900456", "Grüße".encode())
    assert build(message, supplier, Sender("leads@example.com", "leads@example.com"), "", NOW) == ours
    supplier.sms_number = None
    with pytest.raises(ValueError, match="no number"):
        build(message, supplier, Sender("leads@example.com", "leads@example.com"), "", NOW)


def test_a_held_message_waits_for_a_yes(house: House) -> None:
    message = composed(house, email(house), held=True, variant="B", not_after=NOW + timedelta(hours=5))
    assert message
    assert (message.state, message.variant) == (MessageState.HELD, "B")
    assert (message.due_at, message.not_after) == (NOW, NOW + timedelta(hours=5))
    assert events(house, message.id) == ["held"]


def test_a_message_is_welcome_for_as_long_as_its_class_says(house: House) -> None:
    usual = composed(house, email(house))
    answer = composed(house, email(house), message_class=MessageClass.ACKNOWLEDGEMENT)
    assert usual
    assert answer
    assert usual.not_after == NOW + timedelta(days=7)
    assert answer.not_after == NOW + timedelta(days=2)


@pytest.mark.parametrize("tracks", [True, False])
def test_links_are_followed_if_the_supplier_wants_it(house: House, tracks: bool) -> None:
    change(house, Supplier, house.supplier_id, tracks_messages=tracks)
    message = composed(house, email(house, '<p><a href="https://rosewood.example/">Us</a></p>'))
    assert message
    assert message.html_body
    assert message.links == (["https://rosewood.example/"] if tracks else [])
    assert ('href="https://rosewood.example/"' in message.html_body) is not tracks
    assert 'href="http://localhost/unsubscribe/' in message.html_body
    assert 'href="http://localhost/preferences/' in message.html_body


HTTP = {"sms_transport": "http", "sms_account": "AC1", "sms_token": "s3cr3t"}
SMTP = {"mail_transport": "smtp", "smtp_url": "smtp://mail.example"}


@pytest.mark.parametrize(
    ("given", "mail", "sms"),
    [({}, Outbox, Outbox), (HTTP, Outbox, Sms), (SMTP, Smtp, type(None)), (SMTP | HTTP, Smtp, Sms)],
)
def test_how_messages_leave(given: dict[str, Any], mail: type, sms: type) -> None:
    settings = Settings(**given)
    assert isinstance(transport(settings, "email"), mail)
    assert isinstance(transport(settings, "sms"), sms)


def test_text_messages_need_a_number_of_the_suppliers_own(app: Flask, house: House) -> None:
    with reading(house.supplier_id) as session:
        supplier = session.get_one(Supplier, house.supplier_id)
        assert channels(Settings(), supplier) == {"email"}
        supplier.sms_number = "+447700900123"
        assert channels(Settings(), supplier) == {"email", "sms"}
        assert channels(Settings(**SMTP), supplier) == {"email"}
        session.rollback()
