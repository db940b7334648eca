"""What a lead's move leaves behind: history, timeline, sequences that end, bookings that are undone.

Building blocks of `alter_lead` and `convert_lead`, on a locked lead.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from app.conversions.bookings import cancel_bookings, is_booked
from app.kernel import jobs
from app.kernel.actor import Actor
from app.leads import date_book
from app.leads.lifecycle import Move, check, check_loss
from app.messaging import notices
from app.models.accounts import Membership, Supplier
from app.models.choices import OPEN_STATUSES, InteractionType, LeadStatus
from app.models.lead_facts import record_interaction
from app.models.leads import Lead, StatusHistory
from app.models.score_facts import day_changed
from app.nurture.progress import end_all, set_converted

ASSIGN_WAITING = "workers.jobs.leads.assign_waiting"


def move_status(
    session: Session, actor: Actor, lead: Lead, said: Mapping[str, Any], now: datetime
) -> list[str]:
    """Move the lead if it may; the names of the sequences it left by that.

    `said`: lead_status, and what goes with it: lost_reason, lost_details, value_unknown.
    """
    before, after, reason = lead.lead_status, LeadStatus(said["lead_status"]), said.get("lost_reason")
    supplier = session.get_one(Supplier, lead.supplier_id)
    booked = is_booked(session, lead)
    check(Move(before, after, booked, bool(said.get("value_unknown")), reason), supplier.lost_reasons)
    check_loss(after, said, supplier.lost_reasons)
    lead.lead_status, lead.updated_at = after, now
    is_lost = after is LeadStatus.LOST
    lead.lost_reason = reason if is_lost else None
    lead.lost_details = said.get("lost_details") if is_lost else None
    if after is LeadStatus.WON:
        lead.converted_at = lead.converted_at or now
        date_book.book(session, actor, lead)
        set_converted(session, lead, converted=True)
    elif before is LeadStatus.WON:
        _reopen(session, actor, lead, now)
    write_move(session, actor, lead, before, now)
    return end_all(session, lead, str(after), now) if after not in OPEN_STATUSES else []


def _reopen(session: Session, actor: Actor, lead: Lead, now: datetime) -> None:
    """What was booked is booked no more."""
    cancel_bookings(session, lead, now)
    date_book.give_back(session, actor, lead)
    set_converted(session, lead, converted=False)
    lead.converted_at = lead.conversion_value = None


def write_move(session: Session, actor: Actor, lead: Lead, before: LeadStatus, now: datetime) -> None:
    """In the history and on the timeline; who had it has room for another."""
    after = lead.lead_status
    if lead.assigned_to_user_id and before in OPEN_STATUSES and after not in OPEN_STATUSES:
        jobs.ring(ASSIGN_WAITING, lead.supplier_id)
    session.add(
        StatusHistory(
            supplier_id=lead.supplier_id,
            lead_id=lead.id,
            from_status=before,
            to_status=after,
            changed_by_user_id=actor.user_id,
            reason=lead.lost_reason,
            changed_at=now,
        )
    )
    if (before in OPEN_STATUSES) is not (after in OPEN_STATUSES):
        day_changed(session, lead.supplier_id, lead.wedding_date, now)
    record_interaction(
        session,
        lead,
        InteractionType.STATUS_CHANGED,
        occurred_at=now,
        system=True,
        subject=f"{before} → {after}",
        metadata={"from": before, "to": after},
        outcome=lead.lost_reason,
        user_id=actor.user_id,
    )


def note_assignment(session: Session, actor: Actor, lead: Lead, before: UUID | None, now: datetime) -> None:
    """On the timeline; whoever has it now is told, unless they took it themselves."""
    user_id = lead.assigned_to_user_id
    member = session.get(Membership, (lead.supplier_id, user_id)) if user_id else None
    write_assignment(session, actor, lead, Handover(before, member), now)


class Handover(NamedTuple):
    """Who had the lead and who has it; `counted`: the lead was inserted with the entry counted."""

    before: UUID | None
    after: Membership | None
    counted: bool = False


def write_assignment(session: Session, actor: Actor, lead: Lead, change: Handover, now: datetime) -> None:
    """The entry on the timeline, and the notice to the member, if somebody else decided."""
    member = change.after
    entry = record_interaction(
        session,
        lead,
        InteractionType.ASSIGNED,
        occurred_at=now,
        system=True,
        metadata={
            "from": str(change.before) if change.before else None,
            "to": str(member.user_id) if member else None,
        },
        user_id=actor.user_id,
        counted=change.counted,
    )
    if member and member.user_id != actor.user_id:
        session.flush()
        notices.note_assigned(session, member, lead.id, entry.id, now)


def note_tags(session: Session, actor: Actor, lead: Lead, before: list[str], now: datetime) -> None:
    """On the timeline: what was added and what was taken away."""
    added = [f"+{tag}" for tag in lead.tags if tag not in before]
    gone = [f"-{tag}" for tag in before if tag not in lead.tags]
    record_interaction(
        session,
        lead,
        InteractionType.TAG_CHANGED,
        occurred_at=now,
        system=True,
        subject=", ".join(added + gone),
        user_id=actor.user_id,
    )
