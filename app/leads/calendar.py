"""What stands on the days of a calendar: the date book, the couples who ask for a day, follow-ups."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, and_, cast, exists, func, select
from sqlalchemy.orm import Session, joinedload

from app.kernel.zones import day_start
from app.leads.today import WORKED
from app.models.capture import DateEntry
from app.models.choices import OPEN_STATUSES, LeadStatus
from app.models.leads import Lead, Task

MOST_ENTRIES = 1_000
"""Of the date book in one view."""


@dataclass(frozen=True)
class Range:
    """Days of the supplier's calendar, both included; at most `most` couples and tasks are read a day."""

    first: date
    last: date
    where: ZoneInfo
    most: int
    user_id: UUID | None = None
    """Whose tasks; everybody's without one."""

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass
class Plan:
    """A day: its entries in the date book, each with the lead it is for; the first couples and tasks, and
    how many there are of each. `booked` are won leads that the date book does not know."""

    on: date
    entries: list[tuple[DateEntry, Lead | None]] = field(default_factory=list)
    booked: list[Lead] = field(default_factory=list)
    asking: list[Lead] = field(default_factory=list)
    asked_by: int = 0
    tasks: list[Task] = field(default_factory=list)
    to_do: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.entries or self.booked or self.asking or self.tasks)


def plans(session: Session, span: Range) -> list[Plan]:
    """Each day of the range, in three statements."""
    days: dict[date, Plan] = {}
    for number in range(span.days):
        on = span.first + timedelta(days=number)
        days[on] = Plan(on)
    for entry, lead in _entries(session, span):
        days[entry.on_date].entries.append((entry, lead))
    for on, found in _couples(session, span).items():
        days[on].booked = [lead for lead, _ in found if lead.lead_status is LeadStatus.WON]
        days[on].asking = [lead for lead, _ in found if lead.lead_status in OPEN_STATUSES]
        days[on].asked_by = max((n for lead, n in found if lead.lead_status in OPEN_STATUSES), default=0)
    for on, tasks in _tasks(session, span).items():
        days[on].tasks, days[on].to_do = [task for task, _ in tasks], tasks[0][1]
    return list(days.values())


def _entries(session: Session, span: Range) -> list[tuple[DateEntry, Lead | None]]:
    its = and_(Lead.supplier_id == DateEntry.supplier_id, Lead.id == DateEntry.lead_id)
    statement = (
        select(DateEntry, Lead)
        .outerjoin(Lead, its)
        .where(DateEntry.on_date.between(span.first, span.last))
        .order_by(DateEntry.on_date, DateEntry.id)
        .limit(MOST_ENTRIES)
    )
    return [(entry, lead) for entry, lead in session.execute(statement)]


def _couples(session: Session, span: Range) -> dict[date, list[tuple[Lead, int]]]:
    """By day, the open leads with the highest score, and won ones; those in the date book left out.

    The limit lets through every row that the places do, and tells the planner that these are few: it
    would read the whole table to look them up. So it does for tasks.
    """
    noted = exists().where(
        DateEntry.supplier_id == Lead.supplier_id,
        DateEntry.lead_id == Lead.id,
        DateEntry.on_date == Lead.wedding_date,
    )
    apart = (Lead.wedding_date, Lead.lead_status == LeadStatus.WON)
    best = (Lead.lead_score.desc(), Lead.id)
    ranked = (
        select(
            Lead.supplier_id,
            Lead.id,
            func.row_number().over(partition_by=apart, order_by=best).label("place"),
            func.count().over(partition_by=apart).label("number"),
        )
        .where(
            Lead.wedding_date.between(span.first, span.last),
            Lead.lead_status.in_(WORKED),
            ~noted,
        )
        .subquery()
    )
    best_few = select(ranked).where(ranked.c.place <= span.most).limit(2 * span.days * span.most).subquery()
    its = and_(Lead.supplier_id == best_few.c.supplier_id, Lead.id == best_few.c.id)
    first = select(Lead, best_few.c.number).join(best_few, its)
    found: dict[date, list[tuple[Lead, int]]] = defaultdict(list)
    for lead, number in session.execute(first.order_by(Lead.wedding_date, best_few.c.place)):
        found[lead.wedding_date].append((lead, number))
    return found


def _tasks(session: Session, span: Range) -> dict[date, list[tuple[Task, int]]]:
    """By day, the open tasks that are due first."""
    day = cast(func.timezone(span.where.key, Task.due_at), Date)
    mine: list[ColumnElement[bool]] = [Task.assigned_to_user_id == span.user_id] if span.user_id else []
    ranked = (
        select(
            Task.supplier_id,
            Task.id,
            day.label("day"),
            func.row_number().over(partition_by=day, order_by=(Task.due_at, Task.id)).label("place"),
            func.count().over(partition_by=day).label("number"),
        )
        .join(Task.lead)
        .where(
            Task.completed_at.is_(None),
            Task.due_at >= day_start(span.first, span.where),
            Task.due_at < day_start(span.last + timedelta(days=1), span.where),
            Lead.lead_status.in_(WORKED),
            *mine,
        )
        .subquery()
    )
    few = select(ranked).where(ranked.c.place <= span.most).limit(span.days * span.most).subquery()
    its = and_(Task.supplier_id == few.c.supplier_id, Task.id == few.c.id)
    first = select(Task, few.c.day, few.c.number).join(few, its)
    found: dict[date, list[tuple[Task, int]]] = defaultdict(list)
    ordered = first.options(joinedload(Task.lead)).order_by(Task.due_at, Task.id)
    for task, on, number in session.execute(ordered):
        found[on].append((task, number))
    return found
