"""What steps do besides sending: tasks, points, statuses and tags. Each once per enrollment and step."""

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.models.choices import InteractionType, LeadStatus
from app.models.lead_facts import record_interaction
from app.models.leads import StatusHistory
from app.models.score_facts import day_changed
from app.models.scoring import ScoreAdjustment
from app.nurture.claims import Place
from app.nurture.engine.actions import AdjustScore, ChangeStatus, ChangeTags, MakeTask
from app.nurture.tasks import keys, make_task

Effect = MakeTask | AdjustScore | ChangeStatus | ChangeTags


def apply(session: Session, place: Place, effect: Effect, now: datetime) -> None:
    """Carry the effect out on the locked lead. A task's words are already filled in."""
    match effect:
        case MakeTask():
            make_task(session, place, effect, now)
        case AdjustScore():
            _adjust_score(session, place, effect, now)
        case ChangeStatus(status):
            _change_status(session, place, LeadStatus(status), now)
        case ChangeTags():
            _change_tags(session, place, effect, now)


def _adjust_score(session: Session, place: Place, effect: AdjustScore, now: datetime) -> None:
    expires_at = now + timedelta(effect.expires_in_days) if effect.expires_in_days else None
    whose = {"supplier_id": place.lead.supplier_id, "lead_id": place.lead.id, **keys(place)}
    said = {"points": effect.points, "reason": effect.reason, "expires_at": expires_at}
    session.execute(insert(ScoreAdjustment).values(**whose, **said).on_conflict_do_nothing())


def _change_status(session: Session, place: Place, status: LeadStatus, now: datetime) -> None:
    lead = place.lead
    before, lead.lead_status = lead.lead_status, status
    session.add(
        StatusHistory(
            supplier_id=lead.supplier_id,
            lead_id=lead.id,
            from_status=before,
            to_status=status,
            reason="sequence",
            changed_at=now,
        )
    )
    record_interaction(
        session,
        lead,
        InteractionType.STATUS_CHANGED,
        occurred_at=now,
        system=True,
        subject=f"{before} → {status}",
        step_id=place.enrollment.current_step_id,
        metadata={"from": before, "to": status},
    )
    day_changed(session, lead.supplier_id, lead.wedding_date, now)


def _change_tags(session: Session, place: Place, effect: ChangeTags, now: datetime) -> None:
    lead = place.lead
    kept = [tag for tag in lead.tags if tag not in effect.remove]
    lead.tags = [*kept, *sorted(effect.add - set(kept))]
    record_interaction(
        session,
        lead,
        InteractionType.TAG_CHANGED,
        occurred_at=now,
        system=True,
        subject=", ".join(
            [f"+{tag}" for tag in sorted(effect.add)] + [f"-{tag}" for tag in sorted(effect.remove)]
        ),
        step_id=place.enrollment.current_step_id,
    )
