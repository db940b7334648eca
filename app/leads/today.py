"""What to do next, over all leads: one ordered list, in one statement that reads no more than a page needs.

The rules are those of `next_action`, which judges one lead; here PostgreSQL finds the leads. A lead whose
date or budget is missing stands here once it is silent, like any other. Tasks of won leads count too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.kernel.errors import InvalidInput
from app.kernel.keyset import Cut, Page
from app.kernel.paging import Position, decode, encode
from app.kernel.zones import day_of, day_start
from app.leads.next_action import COLD_AFTER, HOLD_ENDS_WITHIN, SILENT_AFTER, NextAction, next_action
from app.leads.situation import of
from app.models.capture import DateEntry
from app.models.choices import OPEN_STATUSES, DateState, LeadStatus, MessageState
from app.models.leads import Lead, Task
from app.models.messaging import Message

Rows = Select[*tuple[Any, ...]]
SORT = "today"
COUNTED_TO = 1_000
"""Counts stop here: more is more than a day's work."""
WORKED = sorted({*OPEN_STATUSES, LeadStatus.WON})
"""Leads that people still do tasks for."""


class Kind(StrEnum):
    """Why something stands in the queue, the most pressing first."""

    REPLY = "reply"
    APPROVAL = "approval"
    TASK = "task"
    HOLD = "hold"
    PROPOSAL = "proposal"
    COLD = "cold"


RANK = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Day:
    """The day that is looked at, in the supplier's zone, and whose work: everybody's without a user."""

    now: datetime
    where: ZoneInfo
    user_id: UUID | None = None

    @property
    def ends(self) -> datetime:
        return day_start(day_of(self.now, self.where) + timedelta(days=1), self.where)


@dataclass(frozen=True)
class Item:
    """Something to do. `at` is since when the couple waits or is silent, when the task is due, when the hold
    ends, or since when the message waits for a yes; `action` is what `next_action` says of the lead, and None
    for a task or a message."""

    kind: Kind
    at: datetime
    lead: Lead
    task: Task | None
    action: NextAction | None
    message: Message | None = None

    @property
    def id(self) -> UUID:
        return (self.task or self.message or self.lead).id


@dataclass(frozen=True)
class _Branch:
    """The candidates of one kind: rows of `id`, at, in this direction of time."""

    at: Any
    id: InstrumentedAttribute[UUID]
    rows: Rows
    rising: bool


def queue(session: Session, day: Day, cut: Cut) -> Page[tuple[Item]]:
    """A page of what there is to do. InvalidInput for a cursor that is not one of this list."""
    forwards = not (cut.before and not cut.after)
    cursor = cut.after if forwards else cut.before
    found = session.execute(_page(day, _position(cursor), forwards, cut.size + 1)).all()
    more, found = len(found) > cut.size, found[: cut.size]
    rows = [(_item(day, tuple(row)),) for row in (found if forwards else reversed(found))]
    has_next, has_previous = (more, bool(cursor)) if forwards else (bool(cursor), more)
    return Page(
        rows,
        _cursor(rows[-1][0]) if rows and has_next else None,
        _cursor(rows[0][0]) if rows and has_previous else None,
    )


def counts(session: Session, day: Day) -> dict[Kind, int]:
    """How many there are of each kind, up to 1,000, in one statement."""
    numbers = [
        select(func.count())
        .select_from(branch(day).rows.with_only_columns(literal(1)).limit(COUNTED_TO).subquery())
        .scalar_subquery()
        for branch in BRANCHES.values()
    ]
    return dict(zip(BRANCHES, session.execute(select(*numbers)).one(), strict=True))


def _page(day: Day, past: tuple[Kind, datetime, UUID] | None, forwards: bool, most: int) -> Rows:
    parts = []
    for kind, branch in BRANCHES.items():
        if past is None or kind is past[0] or (RANK[kind] > RANK[past[0]]) is forwards:
            beyond = past[1:] if past and kind is past[0] else None
            parts.append(_part(kind, branch(day), beyond, forwards).limit(most))
    found = union_all(*(part.subquery().select() for part in parts)).subquery()
    order = (found.c.rank, found.c.place, found.c.id)
    return (
        select(found.c.rank, found.c.at, Lead, Task, Message)
        .join(Lead, and_(Lead.supplier_id == found.c.supplier_id, Lead.id == found.c.lead_id))
        .outerjoin(
            Task,
            and_(
                Task.supplier_id == found.c.supplier_id,
                Task.id == found.c.id,
                found.c.rank == RANK[Kind.TASK],
            ),
        )
        .outerjoin(
            Message,
            and_(
                Message.supplier_id == found.c.supplier_id,
                Message.id == found.c.id,
                found.c.rank == RANK[Kind.APPROVAL],
            ),
        )
        .order_by(*(column if forwards else column.desc() for column in order))
        .limit(most)
    )


def _part(kind: Kind, of: _Branch, beyond: tuple[datetime, UUID] | None, forwards: bool) -> Rows:
    """The branch in the order of the list from there on; `place` rises along it whatever its direction."""
    rising = of.rising is forwards
    place = func.extract("epoch", of.at) * (1 if of.rising else -1)
    rows = of.rows.add_columns(literal(RANK[kind]).label("rank"), of.at.label("at"), place.label("place"))
    if beyond:
        at, id_ = beyond
        reached, past = (of.at >= at, of.at > at) if rising else (of.at <= at, of.at < at)
        rows = rows.where(reached, or_(past, of.id > id_ if forwards else of.id < id_))
    return rows.order_by(of.at.asc() if rising else of.at.desc(), of.id.asc() if forwards else of.id.desc())


def _leads(day: Day, at: Any, *conditions: ColumnElement[bool], rising: bool) -> _Branch:
    rows = select(Lead.supplier_id, Lead.id.label("id"), Lead.id.label("lead_id")).where(*conditions)
    if day.user_id:
        rows = rows.where(Lead.assigned_to_user_id == day.user_id)
    return _Branch(at, Lead.id, rows, rising)


def _replies(day: Day) -> _Branch:
    waiting = Lead.awaiting_reply_since.is_not(None)
    return _leads(day, Lead.awaiting_reply_since, waiting, Lead.lead_status.in_(_OPEN), rising=True)


def _tasks(day: Day) -> _Branch:
    rows = (
        select(Task.supplier_id, Task.id.label("id"), Task.lead_id.label("lead_id"))
        .join(Task.lead)
        .where(Task.completed_at.is_(None), Task.due_at < day.ends, Lead.lead_status.in_(WORKED))
    )
    if day.user_id:
        rows = rows.where(Task.assigned_to_user_id == day.user_id)
    return _Branch(Task.due_at, Task.id, rows, rising=True)


def _approvals(day: Day) -> _Branch:
    rows = (
        select(Message.supplier_id, Message.id.label("id"), Message.lead_id.label("lead_id"))
        .join(Message.lead)
        .where(Message.state == MessageState.HELD)
    )
    if day.user_id:
        rows = rows.where(Lead.assigned_to_user_id == day.user_id)
    return _Branch(Message.created_at, Message.id, rows, rising=True)


def _holds(day: Day) -> _Branch:
    ends = (
        select(DateEntry.supplier_id, DateEntry.lead_id, func.min(DateEntry.held_until).label("ends"))
        .where(_ending(day), DateEntry.lead_id.is_not(None))
        .group_by(DateEntry.supplier_id, DateEntry.lead_id)
        .subquery()
    )
    found = _leads(day, ends.c.ends, *_answered(_OPEN), rising=True)
    its = and_(ends.c.supplier_id == Lead.supplier_id, ends.c.lead_id == Lead.id)
    return _Branch(found.at, found.id, found.rows.join(ends, its), rising=True)


def _silent(day: Day, statuses: list[LeadStatus], after: timedelta) -> _Branch:
    """The warmest first: the longer the silence, the less a word helps."""
    held = exists().where(
        _ending(day), DateEntry.supplier_id == Lead.supplier_id, DateEntry.lead_id == Lead.id
    )
    silent = literal(day.now - after) >= SILENT_SINCE
    conditions = (*_answered(statuses), silent, ~held)
    return _leads(day, SILENT_SINCE, *conditions, rising=False)


def _answered(statuses: list[LeadStatus]) -> tuple[ColumnElement[bool], ...]:
    """Spelled as the partial indexes spell it."""
    one = Lead.lead_status == statuses[0] if len(statuses) == 1 else Lead.lead_status.in_(statuses)
    return Lead.awaiting_reply_since.is_(None), one


def _ending(day: Day) -> ColumnElement[bool]:
    return and_(DateEntry.state == DateState.HELD, DateEntry.held_until <= day.now + HOLD_ENDS_WITHIN)


_OPEN = sorted(OPEN_STATUSES)
_PROPOSED = [LeadStatus.PROPOSAL_SENT]
_NOT_PROPOSED = sorted(OPEN_STATUSES - {LeadStatus.PROPOSAL_SENT})
SILENT_SINCE: ColumnElement[datetime] = func.coalesce(Lead.last_contact_at, Lead.created_at)
BRANCHES: dict[Kind, Callable[[Day], _Branch]] = {
    Kind.REPLY: _replies,
    Kind.APPROVAL: _approvals,
    Kind.TASK: _tasks,
    Kind.HOLD: _holds,
    Kind.PROPOSAL: lambda day: _silent(day, _PROPOSED, SILENT_AFTER),
    Kind.COLD: lambda day: _silent(day, _NOT_PROPOSED, COLD_AFTER),
}


def _item(day: Day, row: tuple[int, datetime, Lead, Task | None, Message | None]) -> Item:
    rank, at, lead, task, message = row
    kind = list(Kind)[rank]
    judged = None if task or message else next_action(of(lead, at if kind is Kind.HOLD else None), day.now)
    return Item(kind, at, lead, task, judged, message)


def _cursor(item: Item) -> str:
    return encode(Position(SORT, f"{item.kind} {item.at.isoformat()}", item.id))


def _position(cursor: str | None) -> tuple[Kind, datetime, UUID] | None:
    if not cursor:
        return None
    found = decode(cursor, SORT)
    try:
        kind, _, moment = str(found.value).partition(" ")
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return Kind(kind), at, found.id
    except ValueError:
        raise InvalidInput.of("after", "bad_cursor", "'after' is not a cursor of this list.") from None
