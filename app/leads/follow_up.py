"""A lead's next follow-up is its earliest open task's due time: writing it writes the task."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.errors import InvalidInput
from app.kernel.zones import day_of, instant
from app.models.lead_facts import refresh_follow_up
from app.models.leads import Lead, Task

TITLE = "Follow up"
MORNING = time(9)


def set_follow_up(session: Session, lead: Lead, due_at: datetime | None) -> None:
    """Move the earliest open task to that time, or make one; null takes the only task's time away.

    InvalidInput when several tasks have a time: which of them is meant?
    """
    dated = (Task.lead_id == lead.id, Task.completed_at.is_(None), Task.due_at.is_not(None))
    tasks = session.scalars(select(Task).where(*dated).order_by(Task.due_at, Task.id).limit(2)).all()
    if due_at is None and len(tasks) > 1:
        message = "Several open tasks have a time; complete them, or take their times away one by one."
        raise InvalidInput.of("next_follow_up_at", "several_tasks", message)
    if tasks:
        tasks[0].due_at = due_at
    elif due_at is not None:
        session.add(follow_up(lead, due_at))
    refresh_follow_up(session, lead.id)
    session.expire(lead, ["next_follow_up_at"])


def follow_up(lead: Lead, due_at: datetime, title: str = TITLE) -> Task:
    """A task for whoever looks after the lead."""
    return Task(
        supplier_id=lead.supplier_id,
        lead_id=lead.id,
        title=title[:255],
        due_at=due_at,
        assigned_to_user_id=lead.assigned_to_user_id,
    )


def next_morning(now: datetime, where: ZoneInfo) -> datetime:
    """Nine o'clock of the next day, on the supplier's clock."""
    return instant(day_of(now, where) + timedelta(days=1), MORNING, where)
