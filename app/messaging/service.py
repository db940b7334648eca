"""Composing messages: the text is rendered and kept, and the row is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.kernel import jobs
from app.messaging.envelope import OPT_OUT_OFFERED
from app.messaging.links import unsubscribe_url
from app.messaging.render import render_email, render_letter
from app.messaging.tokens import Subject
from app.models.accounts import Supplier
from app.models.choices import Channel, MessageClass
from app.models.leads import Lead
from app.models.messaging import Message
from app.models.nurture import EmailTemplate, SmsTemplate

WORTH_SENDING = {MessageClass.ACKNOWLEDGEMENT: timedelta(days=2)}
"""How long after it was due a message is still welcome; a week for the others."""


@dataclass(frozen=True)
class Automated:
    """An e-mail that a sequence's step wants sent."""

    template: EmailTemplate | SmsTemplate
    message_class: MessageClass
    enrollment_id: UUID
    step_id: UUID
    variant: str | None = None
    held: bool = False
    not_after: datetime | None = None


def compose(session: Session, lead: Lead, wanted: Automated, now: datetime) -> UUID | None:
    """Write the message and ring for its delivery; its id, or None when this step has written it before.

    TemplateError when the template cannot be rendered. The lead has an e-mail address.
    """
    supplier = session.get_one(Supplier, lead.supplier_id)
    message_id = uuid7()
    url = unsubscribe_url(lead.supplier_id, message_id) if wanted.message_class in OPT_OUT_OFFERED else None
    assert isinstance(wanted.template, EmailTemplate)
    rendered = render_email(wanted.template, Subject(lead, supplier, now), url)
    statement = insert(Message).values(
        id=message_id,
        supplier_id=lead.supplier_id,
        lead_id=lead.id,
        enrollment_id=wanted.enrollment_id,
        sequence_step_id=wanted.step_id,
        channel=Channel.EMAIL,
        message_class=wanted.message_class,
        to_address=lead.primary_email,
        subject=rendered.subject,
        html_body=rendered.html,
        text_body=rendered.text,
        due_at=now,
        not_after=now + WORTH_SENDING.get(wanted.message_class, timedelta(days=7)),
        created_at=now,
    )
    made = session.scalar(statement.on_conflict_do_nothing().returning(Message.id))
    if made:
        jobs.ring("workers.jobs.messages.deliver", lead.supplier_id, made)
    return made


@dataclass(frozen=True)
class Letter:
    """An e-mail that a person wrote; its id is chosen before it is sent, so that sending twice is once."""

    id: UUID
    subject: str
    text: str
    sent_by_user_id: UUID | None


def write_letter(session: Session, lead: Lead, letter: Letter, now: datetime) -> bool:
    """Write the person's message and ring for its delivery; False when there is one of that id already.

    The lead has an e-mail address.
    """
    rendered = render_letter(
        letter.subject, letter.text, Subject(lead, session.get_one(Supplier, lead.supplier_id), now)
    )
    statement = insert(Message).values(
        id=letter.id,
        supplier_id=lead.supplier_id,
        lead_id=lead.id,
        sent_by_user_id=letter.sent_by_user_id,
        channel=Channel.EMAIL,
        message_class=MessageClass.REPLY,
        to_address=lead.primary_email,
        subject=rendered.subject,
        html_body=rendered.html,
        text_body=rendered.text,
        due_at=now,
        not_after=now + timedelta(days=7),
        created_at=now,
    )
    made = session.scalar(statement.on_conflict_do_nothing().returning(Message.id))
    if made:
        jobs.ring("workers.jobs.messages.deliver", lead.supplier_id, made)
    return made is not None
