"""Tasks under headings by when they are due: overdue, today, this week, later, no date."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from app.kernel.zones import day_of
from app.leads.todo import Row
from app.models.leads import Task


def group(
    rows: Iterable[Row], now: datetime, where: ZoneInfo, *, done: bool = False
) -> list[tuple[str, list[Row]]]:
    """The rows, which come in the order of their due times, under their headings."""
    if done:
        found = list(rows)
        return [("Done", found)] if found else []
    named = groupby(rows, lambda row: heading(row[0], now, where))
    return [(name, list(found)) for name, found in named]


def heading(task: Task, now: datetime, where: ZoneInfo) -> str:
    """Where an open task stands; the week ends with Sunday."""
    if task.due_at is None:
        return "No date"
    today, due = day_of(now, where), day_of(task.due_at, where)
    if task.due_at < now:
        return "Overdue"
    if due == today:
        return "Today"
    return "This week" if due <= today + timedelta(days=6 - today.weekday()) else "Later"
