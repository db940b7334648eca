"""Composing messages: the text is rendered and kept, and the row is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.kernel import jobs
from app.messaging.envelope import OPT_OUT_OFFERED
from app.messaging.render import OptOutLinks, render_email, render_letter, render_sms
from app.messaging.segments import count
from app.messaging.tokens import Subject
from app.messaging.tracking import track
from app.models.accounts import Supplier
from app.models.choices import Channel, MessageClass, MessageEventType, MessageState
from app.models.leads import Lead
from app.models.messaging import Message, MessageEvent
from app.models.nurture import EmailTemplate, SmsTemplate

WORTH_SENDING = {MessageClass.ACKNOWLEDGEMENT: timedelta(days=2)}
"""How long after it was due a message is still welcome; a week for the others."""


@dataclass(frozen=True)
class Automated:
    """A message that a sequence's step wants sent; its kind of template says by which channel."""

    template: EmailTemplate | SmsTemplate
    message_class: MessageClass
    enrollment_id: UUID
    step_id: UUID
    variant: str | None = None
    held: bool = False
    """It waits for a person's yes, and nobody is rung for."""
    not_after: datetime | None = None
    """Later than this it is not worth sending; None: as its class has it."""


def compose(session: Session, lead: Lead, wanted: Automated, now: datetime) -> UUID | None:
    """Write the message and ring for its delivery; its id, or None when this step has written it before.

    TemplateError when the template cannot be rendered. The lead has an address of the channel.
    """
    message_id = uuid7()
    about = Subject(lead, session.get_one(Supplier, lead.supplier_id), now)
    state = MessageState.HELD if wanted.held else MessageState.DUE
    statement = insert(Message).values(
        id=message_id,
        supplier_id=lead.supplier_id,
        lead_id=lead.id,
        enrollment_id=wanted.enrollment_id,
        sequence_step_id=wanted.step_id,
        message_class=wanted.message_class,
        variant=wanted.variant,
        state=state,
        due_at=now,
        not_after=wanted.not_after or now + WORTH_SENDING.get(wanted.message_class, timedelta(days=7)),
        created_at=now,
        **_content(wanted, about, message_id),
    )
    made = session.scalar(statement.on_conflict_do_nothing().returning(Message.id))
    if made and wanted.held:
        held = {"event_type": MessageEventType.HELD, "occurred_at": now}
        session.add(MessageEvent(supplier_id=lead.supplier_id, message_id=made, **held))
    elif made and wanted.message_class is MessageClass.ACKNOWLEDGEMENT:
        jobs.ring("workers.jobs.messages.deliver", lead.supplier_id, made)  # before the others
    elif made:
        jobs.ring("workers.jobs.messages.deliver_due", lead.supplier_id)
    return made


def _content(wanted: Automated, about: Subject, message_id: UUID) -> dict[str, object]:
    """The columns of its channel: where it goes and what it says."""
    offers = wanted.message_class in OPT_OUT_OFFERED
    if isinstance(wanted.template, SmsTemplate):
        text = render_sms(wanted.template, about, offers_opt_out=offers)
        to, parts = about.lead.primary_phone, count(text).segments
        return {"channel": Channel.SMS, "to_address": to, "text_body": text, "segments": parts}
    links = OptOutLinks.of(about.supplier.id, message_id) if offers else None
    rendered = render_email(wanted.template, about, links)
    html, tracked = rendered.html, list[str]()
    if about.supplier.tracks_messages:
        html, tracked = track(html, about.supplier.id, message_id)
    return {
        "channel": Channel.EMAIL,
        "to_address": about.lead.primary_email,
        "subject": rendered.subject,
        "html_body": html,
        "text_body": rendered.text,
        "links": tracked,
    }


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
