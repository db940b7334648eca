"""A person gives a lead points, or takes some away, for what no rule sees; the next rescore keeps them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.kernel import audit, clock
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict, InvalidInput
from app.kernel.uow import unit_of_work
from app.leads.changing import lock, lock_with_lead
from app.models.leads import Lead
from app.models.scoring import ScoreAdjustment
from app.scoring.schemas import MOST_ADJUSTMENTS, AdjustmentWrite
from app.scoring.service import rescore


@dataclass(frozen=True)
class Adjusted:
    """The adjustment, and the lead's score before and since."""

    adjustment_id: UUID
    lead_id: UUID
    old_score: int
    new_score: int


def adjust_score(actor: Actor, lead_id: UUID, data: AdjustmentWrite) -> Adjusted:
    """The points count at once, until they expire. NotFound; InvalidInput for an end that is past and for no
    points; Conflict when the lead has 50 adjustments that count."""
    actor.require(Permission.WRITE_LEADS)
    with unit_of_work(actor.supplier_id) as session:
        lead = lock(session, lead_id)
        now = clock.now()
        _may_be_given(session, lead, data, now)
        given = ScoreAdjustment(
            supplier_id=lead.supplier_id, lead_id=lead_id, user_id=actor.user_id, **data.model_dump()
        )
        session.add(given)
        after = {"lead_id": lead_id, **data.model_dump()}
        audit.record(session, actor, "created", given, audit.Change(after=after))
        return _scored(session, lead, given, now)


def withdraw_adjustment(actor: Actor, adjustment_id: UUID) -> Adjusted:
    """The points count no more, whoever or whatever gave them. NotFound."""
    actor.require(Permission.WRITE_LEADS)
    with unit_of_work(actor.supplier_id) as session:
        lead, given = lock_with_lead(session, ScoreAdjustment, adjustment_id)
        before = {"lead_id": given.lead_id, "points": given.points, "reason": given.reason}
        audit.record(session, actor, "deleted", given, audit.Change(before=before))
        session.delete(given)
        return _scored(session, lead, given, clock.now())


def _scored(session: Session, lead: Lead, given: ScoreAdjustment, now: datetime) -> Adjusted:
    session.flush()
    change = rescore(session, lead.id, now)
    old, new = (change.old, change.new) if change else (lead.lead_score, lead.lead_score)
    return Adjusted(given.id, lead.id, old, new)


def _may_be_given(session: Session, lead: Lead, data: AdjustmentWrite, now: datetime) -> None:
    if data.points == 0:
        raise InvalidInput.of("points", "nothing", "Give at least one point, or take one away.")
    if data.expires_at and data.expires_at <= now:
        raise InvalidInput.of("expires_at", "past", "The points would have expired; name a later time.")
    live = or_(ScoreAdjustment.expires_at.is_(None), ScoreAdjustment.expires_at > now)
    theirs = select(func.count()).where(ScoreAdjustment.lead_id == lead.id, live)
    if (session.scalar(theirs) or 0) >= MOST_ADJUSTMENTS:
        raise Conflict(f"A lead has at most {MOST_ADJUSTMENTS} adjustments; withdraw one first.")
