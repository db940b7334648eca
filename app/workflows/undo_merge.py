"""Two leads were two couples after all."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel import audit, clock
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict, Duplicate, NotFound
from app.kernel.uow import unit_of_work
from app.leads.changing import lock_both
from app.leads.merging import empty, move_back
from app.models.choices import LeadStatus
from app.models.leads import Lead, LeadMerge
from app.sources.counting import move, worth
from app.workflows.lead_moves import write_move
from app.workflows.merge_leads import Merged, settle_both


def undo_merge(actor: Actor, merge_id: UUID) -> Merged:
    """The loser is a lead of its own again, in its old status, with what came from it. What happened since
    stays with the winner, and so does an opt-out: it is safer to write to nobody than to the wrong one.

    NotFound; Conflict when it is undone already, or a later merge stands in the way; Duplicate when the
    loser's e-mail is another lead's by now.
    """
    actor.require(Permission.WRITE_LEADS)
    with unit_of_work(actor.supplier_id) as session:
        merge, winner, loser = _lock(session, merge_id)
        now = clock.now()
        counted = [worth(session, winner), worth(session, loser)]
        empty(winner, merge.moved.get("filled", {}))
        counts = move_back(session, merge.moved, winner.id, loser.id)
        _restore(session, actor, merge, loser, now)
        audit.update(session, actor, merge, {"undone_at": now}, action="undone")
        settle_both(session, winner, loser, now)
        for before, lead in zip(counted, (winner, loser), strict=True):
            move(before, worth(session, lead))
        return Merged(merge.id, winner.id, loser.id, counts)


def _lock(session: Session, merge_id: UUID) -> tuple[LeadMerge, Lead, Lead]:
    found = select(LeadMerge).where(LeadMerge.id == merge_id)
    merge = session.scalars(found).first()
    if merge is None:
        raise NotFound("merge")
    winner, loser = lock_both(session, merge.winner_id, merge.loser_id)
    session.refresh(merge)
    if merge.undone_at:
        raise Conflict("This merge is undone already.")
    if loser.duplicate_of_id != winner.id or winner.lead_status is LeadStatus.DUPLICATE:
        raise Conflict("The lead was merged on since; undo that merge first.")
    taken = select(Lead.id).where(
        Lead.primary_email == loser.primary_email,
        Lead.lead_status != LeadStatus.DUPLICATE,
    )
    other = session.scalar(taken) if loser.primary_email else None
    if other:
        message = f"Another lead has the e-mail {loser.primary_email} by now; correct it there first."
        raise Duplicate(message, existing_id=str(other))
    return merge, winner, loser


def _restore(session: Session, actor: Actor, merge: LeadMerge, loser: Lead, now: datetime) -> None:
    loser.lead_status, loser.duplicate_of_id = LeadStatus(merge.moved["status"]), None
    loser.updated_at = now
    write_move(session, actor, loser, LeadStatus.DUPLICATE, now)
