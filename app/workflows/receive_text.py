"""A couple answers by text message, or says STOP: at once, and once however often it is told."""

from datetime import datetime
from uuid import UUID, uuid5

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.kernel import clock
from app.kernel.uow import unit_of_work
from app.messaging.signals import Signal
from app.messaging.suppressions import suppress
from app.messaging.texts import Text, Wish
from app.models.choices import (
    Channel,
    InteractionType,
    LeadStatus,
    MessageEventType,
    MessageState,
    SuppressionReason,
)
from app.models.lead_facts import record_interaction
from app.models.leads import Lead, LeadInteraction
from app.models.messaging import Message
from app.nurture.replies import end_on_reply
from app.workflows.follow_leads import follow_leads
from app.workflows.follow_signal import follow_signal
from app.workflows.pass_on import pass_on
from app.workflows.switch_channel import Place, note_switch, switch_channel

log = structlog.get_logger(__name__)

MOST_LEADS = 20
"""Leads with one number that a STOP is written down for; the number itself is stopped for all."""


def receive_text(supplier_id: UUID, text: Text) -> bool:
    """Write it down where it belongs; False when it is known, or no lead has that number."""
    with unit_of_work(supplier_id) as session:
        leads = _leads(session, text.sender)
        now = clock.now()
        if text.wish:
            return _switch(session, supplier_id, leads, text, now)
        if not leads:
            log.warning("text_of_nobody", supplier_id=str(supplier_id), key=text.key)
            return False
        return _answer(session, leads[0], text, now)


def _leads(session: Session, number: str) -> list[Lead]:
    """Those with that number, locked, in the order of their ids; whom we last spoke to comes first."""
    theirs = or_(Lead.primary_phone == number, Lead.secondary_phone == number)
    wanted = select(Lead).where(theirs, Lead.lead_status != LeadStatus.DUPLICATE).order_by(Lead.id)
    locked = session.scalars(wanted.limit(MOST_LEADS).with_for_update(key_share=True)).all()
    return sorted(locked, key=lambda lead: lead.last_contact_at or lead.created_at, reverse=True)


def _switch(session: Session, supplier_id: UUID, leads: list[Lead], text: Text, now: datetime) -> bool:
    """STOP holds for the number, whoever has it; START lifts what STOP set."""
    is_on = text.wish is Wish.START
    where = Place(Channel.SMS, text.sender, f"“{text.body.strip()[:20]}” by text message")
    if not leads:
        why = SuppressionReason.UNSUBSCRIBED
        return not is_on and suppress(session, supplier_id, Channel.SMS, text.sender, why)
    first, *others = leads
    if not switch_channel(session, first, where, now, is_on=is_on):
        return False
    for lead in others:
        note_switch(session, lead, where, now, is_on=is_on)
    follow_leads(session, leads, now)
    return True


def _answer(session: Session, lead: Lead, text: Text, now: datetime) -> bool:
    """To the last message we sent them by text; on the timeline alone when there is none."""
    message = _answered(session, lead, text.sender)
    key = uuid5(lead.supplier_id, f"sms:{text.key}")
    if session.get(LeadInteraction, (lead.supplier_id, key)):
        return False
    if message:
        signal = Signal(MessageEventType.REPLIED, now, key=f"sms:{text.key}", text=text.said, entry_id=key)
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
