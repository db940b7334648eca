"""A couple we know sends a text message.

A building block of `receive_text` and `capture_text`, inside their unit of work.
"""

from datetime import datetime
from uuid import uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.messaging.signals import Signal
from app.messaging.texts import Text
from app.models.choices import Channel, InteractionType, MessageEventType, MessageState
from app.models.lead_facts import record_interaction
from app.models.leads import Lead, LeadInteraction
from app.models.messaging import Message
from app.nurture.replies import end_on_reply
from app.workflows.follow_leads import follow_leads
from app.workflows.follow_signal import follow_signal
from app.workflows.pass_on import pass_on


def answer_by_text(session: Session, lead: Lead, text: Text, now: datetime) -> bool:
    """It answers the last message we sent the locked lead by text; when there is none, it stands on the
    timeline alone. False when it is known."""
    message = _answered(session, lead, text.sender)
    key = uuid5(lead.supplier_id, text.name)
    if session.get(LeadInteraction, (lead.supplier_id, key)):
        return False
    if message:
        signal = Signal(MessageEventType.REPLIED, now, key=text.name, text=text.said, entry_id=key)
        return follow_signal(session, lead, message, signal, now)
    entry = record_interaction(
        session, lead, InteractionType.SMS_RECEIVED, occurred_at=now, system=True, content=text.said, id=key
    )
    end_on_reply(session, lead, now, now)
    pass_on(session, lead, entry, now)
    follow_leads(session, [lead], now)
    return True


def _answered(session: Session, lead: Lead, number: str) -> Message | None:
    sent = (
        Message.lead_id == lead.id,
        Message.channel == Channel.SMS,
        Message.to_address == number,
        Message.state == MessageState.ACCEPTED,
    )
    latest = select(Message).where(*sent).order_by(Message.created_at.desc()).limit(1)
    return session.scalars(latest.with_for_update()).first()
