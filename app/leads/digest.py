"""A member's morning: the tasks that are due, the couples who wait, the leads that are new to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.kernel.actor import ROLE_TABLE, Permission
from app.kernel.zones import day_start, instant
from app.leads.assignment import gone
from app.models.accounts import Membership
from app.models.choices import OPEN_STATUSES, InteractionType, LeadStatus
from app.models.leads import Lead, LeadInteraction, Task

MORNING = time(8)
"""When it is sent, on the supplier's clock; what was assigned since the last morning is new."""
MOST = 10
"""Lines of one part."""
WORKED_ON = OPEN_STATUSES | {LeadStatus.WON}
"""Tasks of other leads are nobody's business any more."""


@dataclass(frozen=True)
class Line:
    """A couple, and since or until when; a task has a title."""

    lead_id: UUID
    couple: str
    at: datetime
    title: str = ""


@dataclass(frozen=True)
class Part:
    """The first few of `total`."""

    lines: Sequence[Line]
    total: int


@dataclass(frozen=True)
class Digest:
    overdue: Part
    today: Part
    waiting: Part
    assigned: Part

    @property
    def is_empty(self) -> bool:
        return not any(part.total for part in (self.overdue, self.today, self.waiting, self.assigned))


def read(session: Session, member: Membership, day: date, where: ZoneInfo) -> Digest:
    """What that day holds for the member: their own leads and tasks; for who manages the team, also those
    of nobody. Four statements."""
    begins, ends = day_start(day, where), day_start(day + timedelta(days=1), where)
    last_morning = instant(day - timedelta(days=1), MORNING, where)
    return Digest(
        _tasks(session, member, Task.due_at < begins),
        _tasks(session, member, and_(Task.due_at >= begins, Task.due_at < ends)),
        _waiting(session, member),
        _assigned(session, member, last_morning),
    )


def _is_theirs(member: Membership) -> ColumnElement[bool]:
    """The lead is looked after by the member, or by nobody and the member manages the team."""
    mine = Lead.assigned_to_user_id == member.user_id
    if member.role not in ROLE_TABLE[Permission.MANAGE_TEAM]:
        return mine
    return or_(mine, Lead.assigned_to_user_id.is_(None), Lead.assigned_to_user_id.in_(gone()))


def _tasks(session: Session, member: Membership, due: ColumnElement[bool]) -> Part:
    """A task of nobody in particular is for whoever looks after the lead."""
    theirs = or_(
        Task.assigned_to_user_id == member.user_id,
        and_(Task.assigned_to_user_id.is_(None), _is_theirs(member)),
    )
    statement = (
        select(Lead, Task.due_at, Task.title)
        .join(Task, (Task.supplier_id == Lead.supplier_id) & (Task.lead_id == Lead.id))
        .where(Task.completed_at.is_(None), due, theirs, Lead.lead_status.in_(sorted(WORKED_ON)))
        .order_by(Task.due_at, Task.id)
    )
    return _part(session, statement)


def _waiting(session: Session, member: Membership) -> Part:
    since = Lead.awaiting_reply_since
    statement = (
        select(Lead, since)
        .where(since.is_not(None), Lead.lead_status.in_(sorted(OPEN_STATUSES)), _is_theirs(member))
        .order_by(since, Lead.id)
    )
    return _part(session, statement)


def _assigned(session: Session, member: Membership, since: datetime) -> Part:
    """Leads given to the member since then, by somebody else, that they still have."""
    entry = aliased(LeadInteraction)
    given = (
        select(entry.lead_id, func.max(entry.occurred_at).label("at"))
        .where(
            entry.interaction_type == InteractionType.ASSIGNED,
            entry.occurred_at >= since,
            entry.interaction_metadata["to"].astext == str(member.user_id),
            entry.user_id.is_distinct_from(member.user_id),
        )
        .group_by(entry.lead_id)
        .subquery()
    )
    statement = (
        select(Lead, given.c.at)
        .join(given, given.c.lead_id == Lead.id)
        .where(Lead.assigned_to_user_id == member.user_id, Lead.lead_status.in_(sorted(OPEN_STATUSES)))
        .order_by(given.c.at, Lead.id)
    )
    return _part(session, statement)


def _part(session: Session, statement: Select[*tuple[Any, ...]]) -> Part:
    rows = session.execute(statement.add_columns(func.count().over().label("total")).limit(MOST)).all()
    lines = [Line(row[0].id, row[0].couple, row[1], *row[2:-1]) for row in rows]
    return Part(lines, rows[0].total if rows else 0)
