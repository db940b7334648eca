"""A couple wants no more messages of ours: the address is suppressed, the lead opted out, its sequences end.

A building block of `opt_out` and `follow_signal`, inside their unit of work.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.messaging.suppressions import suppress
from app.models.choices import InteractionType, SuppressionReason
from app.models.lead_facts import record_interaction
from app.models.leads import Lead
from app.models.messaging import Message
from app.nurture.progress import end_all
from app.privacy.consent import Said, set_marketing
from app.scoring.service import rescore


@dataclass(frozen=True)
class Withdrawal:
    """Why (`unsubscribed` or `complaint`) and through what, as the consent ledger says it."""

    reason: SuppressionReason
    source: str


_ENTRIES = {
    SuppressionReason.UNSUBSCRIBED: (InteractionType.UNSUBSCRIBED, "opted_out"),
    SuppressionReason.COMPLAINT: (InteractionType.EMAIL_COMPLAINED, "complained"),
}
"""The entry on the timeline, and the code with which sequences end."""


def withdraw(session: Session, lead: Lead, message: Message, said: Withdrawal, now: datetime) -> bool:
    """On the locked lead, from this moment on; False when that was known. Then only what answers an inquiry
    that came in between ends."""
    address, (entry, ending) = message.to_address, _ENTRIES[said.reason]
    is_new = suppress(session, lead.supplier_id, message.channel, address, said.reason)
    if not is_new and lead.opt_out_date is not None:
        end_all(session, lead, ending, now)
        return False
    lead.opt_out_date = now
    set_marketing(session, lead, Said(message.channel, said.source, address), now, agreed=False)
    record_interaction(
        session,
        lead,
        entry,
        occurred_at=now,
        system=True,
        subject=message.subject,
        message_id=message.id,
        step_id=message.sequence_step_id,
    )
    end_all(session, lead, ending, now)
    rescore(session, lead.id, now)
    return True
