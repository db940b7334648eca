"""Two leads are one couple: the winner keeps its place, the loser becomes its duplicate."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.conversions.bookings import is_booked
from app.kernel import audit, clock
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict, InvalidInput
from app.kernel.uow import unit_of_work
from app.leads.changing import lock_both
from app.leads.merging import fill, move_children
from app.models.choices import InteractionType, LeadStatus
from app.models.lead_facts import record_interaction, recount
from app.models.leads import Lead, LeadMerge
from app.models.score_facts import day_changed
from app.nurture.progress import end_shared, follow_enrollments
from app.privacy.consent import inherit_opt_out
from app.sources.counting import move, worth
from app.workflows.follow_leads import follow_leads
from app.workflows.lead_moves import write_move


@dataclass(frozen=True)
class Merged:
    """The merge, to undo it by, and how many rows moved, by table."""

    merge_id: UUID
    winner_id: UUID
    loser_id: UUID
    moved: dict[str, int]


def merge_leads(actor: Actor, winner_id: UUID, loser_id: UUID) -> Merged:
    """Everything that hangs on the loser hangs on the winner, which is completed by what only the loser
    knew; both histories stay. NotFound; InvalidInput for a lead and itself; Conflict when one of them is a
    duplicate already, or the loser has the booking."""
    actor.require(Permission.WRITE_LEADS)
    with unit_of_work(actor.supplier_id) as session:
        if winner_id == loser_id:
            raise InvalidInput.of("loser_id", "same", "A lead cannot be merged into itself.")
        winner, loser = lock_both(session, winner_id, loser_id)
        now = clock.now()
        _may_merge(session, winner, loser)
        counted = [worth(session, winner), worth(session, loser)]
        merge = LeadMerge(
            supplier_id=actor.supplier_id,
            winner_id=winner_id,
            loser_id=loser_id,
            merged_by_user_id=actor.user_id,
            moved=_merge(session, actor, winner, loser, now),
        )
        session.add(merge)
        counts = {table: len(ids) for table, ids in merge.moved.items() if isinstance(ids, list)}
        audit.record(
            session,
            actor,
            "merged",
            merge,
            audit.Change(after={"winner_id": winner_id, "loser_id": loser_id}),
        )
        settle_both(session, winner, loser, now)
        for before, lead in zip(counted, (winner, loser), strict=True):
            move(before, worth(session, lead))
        return Merged(merge.id, winner_id, loser_id, counts)


def _may_merge(session: Session, winner: Lead, loser: Lead) -> None:
    for lead in (winner, loser):
        if lead.lead_status is LeadStatus.DUPLICATE:
            raise Conflict(f"{lead.couple} is a duplicate already; merge the lead that it repeats.")
    if loser.lead_status is LeadStatus.WON or is_booked(session, loser):
        raise Conflict("The lead with the booking is the one to keep: merge the other into it.")


def _merge(session: Session, actor: Actor, winner: Lead, loser: Lead, now: datetime) -> dict[str, Any]:
    """What an undo needs to know: the ids that moved, the fields that were filled, the loser's status."""
    end_shared(session, loser, winner, now)
    before = loser.lead_status
    moved: dict[str, Any] = dict(move_children(session, loser.id, winner.id))
    moved |= {"filled": fill(winner, loser), "status": str(before)}
    inherit_opt_out(session, winner, loser)
    loser.lead_status, loser.duplicate_of_id = LeadStatus.DUPLICATE, winner.id
    winner.updated_at = loser.updated_at = now
    write_move(session, actor, loser, before, now)
    record_interaction(
        session,
        winner,
        InteractionType.MERGED,
        occurred_at=now,
        system=True,
        subject=f"Merged with {loser.couple}"[:255],
        metadata={"lead_id": str(loser.id)},
        user_id=actor.user_id,
    )
    return moved


def settle_both(session: Session, winner: Lead, loser: Lead, now: datetime) -> None:
    """Counters, sequences and scores of both, after rows moved between them."""
    day_changed(session, winner.supplier_id, winner.wedding_date or loser.wedding_date, now)
    for lead in (winner, loser):
        recount(session, lead.id)
        follow_enrollments(session, lead)
        follow_leads(session, [lead], now)
        session.refresh(lead)
