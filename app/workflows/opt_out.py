"""A couple wants no more messages: from this moment on nothing is claimed for them.

Locks the lead first. A message whose claim was before goes out; none after.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.uow import unit_of_work
from app.messaging.claims import lock
from app.messaging.suppressions import suppress
from app.models.choices import (
    ConsentPurpose,
    InteractionType,
    MessageEventType,
    SuppressionReason,
)
from app.models.lead_facts import record_interaction
from app.models.leads import Lead
from app.models.messaging import Message, MessageEvent
from app.models.privacy import ConsentEvent
from app.nurture.progress import end_all
from app.scoring.service import rescore


def opt_out(supplier_id: UUID, message_id: UUID) -> None:
    """Stop messages to whoever got this one; a second time changes nothing. NotFound when it is gone."""
    now = clock.now()
    with unit_of_work(supplier_id) as session:
        locked = lock(session, message_id)
        if locked is None:
            raise NotFound("message")
        lead, message = locked
        why = SuppressionReason.UNSUBSCRIBED
        fresh = suppress(session, supplier_id, message.channel, message.to_address, why)
        if fresh or lead.opt_out_date is None:
            _write_down(session, lead, message, now)
            end_all(session, lead, "opted_out", now)
            rescore(session, lead.id, now)


def _write_down(session: Session, lead: Lead, message: Message, now: datetime) -> None:
    """In the ledger, on the lead, on its timeline and among the message's events."""
    lead.opt_out_date = now
    lead.consent_marketing = False
    ids = {"supplier_id": lead.supplier_id}
    session.add(
        ConsentEvent(
            **ids,
            lead_id=lead.id,
            channel=message.channel,
            purpose=ConsentPurpose.MARKETING,
            given=False,
            source="unsubscribe link",
            address=message.to_address,
            occurred_at=now,
        )
    )
    event = MessageEventType.UNSUBSCRIBED
    session.add(MessageEvent(**ids, message_id=message.id, event_type=event, occurred_at=now, is_human=True))
    record_interaction(
        session,
        lead,
        InteractionType.UNSUBSCRIBED,
        occurred_at=now,
        system=True,
        subject=message.subject,
        message_id=message.id,
        step_id=message.sequence_step_id,
    )
