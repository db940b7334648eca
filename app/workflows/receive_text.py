"""A text message comes to a supplier's number: a couple answers, says STOP, or inquires. At once, and once
however often it is told."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from app.capture.queries import inquiry_by_key
from app.capture.service import take_in_text
from app.kernel import clock
from app.kernel.actor import couple
from app.kernel.uow import savepoint, unit_of_work
from app.leads.admission import with_number
from app.messaging.suppressions import suppress
from app.messaging.texts import Text, Wish
from app.models.choices import Channel, InquiryState, SuppressionReason
from app.models.leads import Lead
from app.workflows.answer_by_text import answer_by_text
from app.workflows.capture_lead import capture_or_keep
from app.workflows.follow_leads import follow_leads
from app.workflows.switch_channel import Place, note_switch, switch_channel

log = structlog.get_logger(__name__)


def receive_text(supplier_id: UUID, text: Text) -> bool:
    """Write it down where it belongs, as an inquiry when no lead has that number; False when it is known.

    What a lead says is kept as an inquiry too when that fails: the sweep writes it down later.
    """
    with unit_of_work(supplier_id) as session:
        leads = with_number(session, text.sender)
        now = clock.now()
        if text.wish:
            return _switch(session, supplier_id, leads, text, now)
        if inquiry_by_key(session, text.name):
            return False
        if leads:
            try:
                with savepoint(session):
                    return answer_by_text(session, leads[0], text, now)
            except Exception:
                log.exception("text_deferred", supplier_id=str(supplier_id), lead_id=str(leads[0].id))
        return _inquire(session, supplier_id, text, now)


def _inquire(session: Session, supplier_id: UUID, text: Text, now: datetime) -> bool:
    said = {"phone": text.sender, "message": text.said}
    inquiry = take_in_text(session, supplier_id, text.name, said, now)
    if inquiry and inquiry.state is InquiryState.RECEIVED:
        capture_or_keep(session, couple(supplier_id), inquiry, now)
    return inquiry is not None


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
