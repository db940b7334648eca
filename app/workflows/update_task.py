"""Change a task, complete it or open it again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel import audit, clock
from app.kernel.actor import Actor, Permission
from app.kernel.errors import InvalidInput
from app.kernel.uow import unit_of_work
from app.leads.changing import lock_with_lead, member_who_takes
from app.leads.schemas import TaskUpdate
from app.models.choices import InteractionType
from app.models.lead_facts import record_interaction, refresh_follow_up
from app.models.leads import Lead, Task
from app.workflows.follow_leads import follow_leads

REQUIRED = ("title", "priority", "is_done")


@dataclass(frozen=True)
class TaskChanged:
    """The task's lead, and what is due next about it."""

    task_id: UUID
    lead_id: UUID
    next_follow_up_at: datetime | None


def update_task(actor: Actor, task_id: UUID, data: TaskUpdate) -> TaskChanged:
    """The task with these changes; completing it stands on the timeline, once. NotFound; InvalidInput when
    no field is named, a value cannot be null, or a member cannot do it."""
    actor.require(Permission.WRITE_LEADS)
    now = clock.now()
    with unit_of_work(actor.supplier_id) as session:
        lead, task = lock_with_lead(session, Task, task_id)
        values = _values(session, actor, task, data.changes(), now)
        was_open = task.completed_at is None
        if audit.update(session, actor, task, values):
            task.updated_at = now
            if was_open and task.completed_at:
                _note_done(session, actor, lead, task, now)
            refresh_follow_up(session, lead.id)
            follow_leads(session, [lead], now)
        session.refresh(lead, ["next_follow_up_at"])
        return TaskChanged(task.id, lead.id, lead.next_follow_up_at)


def _values(
    session: Session, actor: Actor, task: Task, changes: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """The columns that the changes mean."""
    if not changes:
        raise InvalidInput.of("", "nothing_given", "Name at least one field to change.")
    for name in REQUIRED:
        if name in changes and changes[name] is None:
            raise InvalidInput.of(name, "not_null", f"'{name}' cannot be cleared; leave it out to keep it.")
    if changes.get("assigned_to_user_id"):
        member_who_takes(session, changes["assigned_to_user_id"], "assigned_to_user_id")
    done = changes.pop("is_done", None)
    if done is not None and done != (task.completed_at is not None):
        changes |= {
            "completed_at": now if done else None,
            "completed_by_user_id": actor.user_id if done else None,
        }
    return changes


def _note_done(session: Session, actor: Actor, lead: Lead, task: Task, now: datetime) -> None:
    record_interaction(
        session,
        lead,
        InteractionType.TASK_COMPLETED,
        occurred_at=now,
        system=True,
        subject=task.title,
        metadata={"task_id": str(task.id)},
        user_id=actor.user_id,
    )
