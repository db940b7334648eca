"""Tasks that sequences make for people; one per enrollment and step."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kernel.actor import Role
from app.models.accounts import Membership
from app.models.choices import Priority
from app.models.lead_facts import refresh_follow_up
from app.models.leads import Lead, Task
from app.models.nurture import SequenceStep
from app.nurture.claims import Place
from app.nurture.engine.actions import MakeTask


def make_task(session: Session, place: Place, task: MakeTask, now: datetime) -> None:
    """A task for whoever looks after the lead; the lead's next follow-up moves with it."""
    add_task(
        session,
        place.lead,
        **keys(place),
        title=task.title,
        description=task.description,
        task_type=task.kind,
        priority=task.priority,
        due_at=now + timedelta(task.due_in_days),
        assigned_to_user_id=_doer(session, task) or place.lead.assigned_to_user_id,
    )


def _doer(session: Session, task: MakeTask) -> UUID | None:
    """Whom the step names, unless they left."""
    if task.assigned_to is None:
        return None
    its = (Membership.user_id == task.assigned_to, Membership.is_active)
    return session.scalar(select(Membership.user_id).where(*its))


def report_failure(session: Session, place: Place, reason: str, now: datetime) -> None:
    """Tell whoever looks after the lead, or the owner, that a step did not do what it is for."""
    lead = place.lead
    step = session.get(SequenceStep, (lead.supplier_id, place.enrollment.current_step_id))
    add_task(
        session,
        lead,
        **keys(place),
        title=f"{step.step_name if step else 'A step'} did not work for {lead.couple}",
        description=f"The sequence could not take this step: {reason}.",
        task_type="step_failed",
        priority=Priority.HIGH,
        due_at=now,
        assigned_to_user_id=responsible(session, lead),
    )


def add_task(session: Session, lead: Lead, *, title: str, **columns: Any) -> None:
    """The task, unless this step has made one already."""
    values = {"supplier_id": lead.supplier_id, "lead_id": lead.id, "title": title[:255], **columns}
    session.execute(insert(Task).values(values).on_conflict_do_nothing())
    refresh_follow_up(session, lead.id)


def finish_task(
    session: Session,
    lead: Lead,
    step: tuple[UUID | None, UUID | None],
    types: Collection[str],
    now: datetime,
) -> None:
    """Tick off the open task of one of these types that a step (enrollment, step) made, if there is one."""
    enrollment_id, step_id = step
    done = session.execute(
        update(Task)
        .where(Task.lead_id == lead.id, Task.task_type.in_(types), Task.completed_at.is_(None))
        .where(Task.enrollment_id == enrollment_id, Task.sequence_step_id == step_id)
        .values(completed_at=now)
        .returning(Task.id)
    ).all()
    if done:
        refresh_follow_up(session, lead.id)


def responsible(session: Session, lead: Lead) -> UUID | None:
    """The lead's assignee, or else an owner."""
    owners = select(Membership.user_id).where(Membership.role == Role.OWNER, Membership.is_active)
    return lead.assigned_to_user_id or session.scalar(owners.order_by(Membership.created_at).limit(1))


def keys(place: Place) -> dict[str, Any]:
    """What makes an effect happen once."""
    return {
        "enrollment_id": place.enrollment.id,
        "sequence_step_id": place.enrollment.current_step_id,
    }
