"""The couple switches e-mails or text messages to one address off, or on again.

A building block of `receive_text`, `set_preferences` and `follow_signal`, inside their unit of work.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.messaging.suppressions import lift, suppress
from app.models.choices import Channel, InteractionType, SuppressionReason
from app.models.lead_facts import record_interaction
from app.models.leads import Lead
from app.nurture.replies import end_unreachable

NAMES = {Channel.EMAIL: "E-mails", Channel.SMS: "Text messages"}
_WHY = SuppressionReason.UNSUBSCRIBED


@dataclass(frozen=True)
class Place:
    """The address, and through what the couple said so."""

    channel: Channel
    address: str
    source: str


def switch_channel(session: Session, lead: Lead, where: Place, now: datetime, *, is_on: bool) -> bool:
    """On the locked lead, from this moment on; False when that is no change. On lifts what the couple itself
    stopped, and nothing else."""
    act = lift if is_on else suppress
    if not act(session, lead.supplier_id, where.channel, where.address, _WHY):
        return False
    note_switch(session, lead, where, now, is_on=is_on)
    return True


def note_switch(session: Session, lead: Lead, where: Place, now: datetime, *, is_on: bool) -> None:
    """On the timeline; sequences that say nothing by another channel are over."""
    kind = InteractionType.CONSENT_CHANGED if is_on else InteractionType.UNSUBSCRIBED
    record_interaction(
        session,
        lead,
        kind,
        occurred_at=now,
        system=True,
        subject=f"{NAMES[where.channel]} {'on' if is_on else 'off'}: {where.source}",
    )
    if not is_on:
        end_unreachable(session, lead, where.channel, now)
