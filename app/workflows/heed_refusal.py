"""A server refused a message for its address: it is not written to again.

A building block of `conclude_message`, which tells somebody that the message failed.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.messaging.refusals import Refusal, read
from app.messaging.suppressions import suppress
from app.models.choices import Channel, InteractionType, SuppressionReason
from app.models.lead_facts import record_interaction
from app.models.leads import Lead
from app.models.messaging import Message
from app.workflows.switch_channel import Place, switch_channel


def heed_refusal(session: Session, lead: Lead, message: Message, now: datetime) -> None:
    """Suppress the address of a locked message that failed, if its reason is about the address."""
    refusal, address = read(message.reason or ""), message.to_address
    if refusal is Refusal.OPTED_OUT:
        where = Place(message.channel, address, "STOP to the provider")
        switch_channel(session, lead, where, now, is_on=False)
    elif refusal is Refusal.NO_ADDRESS:
        message.bounced_at = now
        why = SuppressionReason.HARD_BOUNCE
        is_new = suppress(session, lead.supplier_id, message.channel, address, why)
        if is_new and message.channel is Channel.EMAIL:
            record_interaction(
                session,
                lead,
                InteractionType.EMAIL_BOUNCED,
                occurred_at=now,
                system=True,
                subject=message.subject,
                content=f"The mail server refused {address}: {message.reason}",
                message_id=message.id,
                step_id=message.sequence_step_id,
            )
