"""What a member's calendar feed holds: the supplier's weddings and date book, the member's own follow-ups.

Nothing of a couple but their names and the place: the address of a feed may get about.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, cast, exists, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from app.leads.today import WORKED
from app.models.capture import DateEntry
from app.models.choices import DateState, LeadStatus
from app.models.leads import Lead, Task

BACK = timedelta(days=92)
AHEAD = timedelta(days=731)
MOST_DAYS = 3_000
MOST_TASKS = 2_000


@dataclass(frozen=True)
class FeedDay:
    """A booked, held or blocked day; `id` stays the same as long as it is that day's entry."""

    id: UUID
    on: date
    state: DateState
    held_until: datetime | None
    note: str | None
    lead_id: UUID | None
    couple: str | None
    place: str | None
    changed_at: datetime


@dataclass(frozen=True)
class FeedTask:
    id: UUID
    title: str
    due_at: datetime
    lead_id: UUID
    couple: str
    changed_at: datetime


_NAMES = func.concat_ws(
    " & ", func.nullif(Lead.couple_name_bride, ""), func.nullif(Lead.couple_name_groom, "")
)
_COUPLE = func.coalesce(func.nullif(_NAMES, ""), "A couple")
_PLACE = func.coalesce(Lead.wedding_venue, Lead.wedding_location)


def days(session: Session, today: date, now: datetime) -> list[FeedDay]:
    """From three months back to two years ahead, at most 3,000; holds that ended are left out."""
    first, last = today - BACK, today + AHEAD
    its = and_(Lead.supplier_id == DateEntry.supplier_id, Lead.id == DateEntry.lead_id)
    noted = select(
        DateEntry.id.label("id"),
        DateEntry.on_date.label("day"),
        DateEntry.state,
        DateEntry.held_until,
        DateEntry.note,
        Lead.id.label("lead_id"),
        _COUPLE.label("couple"),
        _PLACE.label("place"),
        func.greatest(DateEntry.created_at, Lead.updated_at).label("changed_at"),
    ).outerjoin(Lead, its)
    in_book = exists().where(DateEntry.supplier_id == Lead.supplier_id, DateEntry.lead_id == Lead.id)
    won = select(
        Lead.id.label("id"),
        Lead.wedding_date.label("day"),
        literal(DateState.BOOKED, DateEntry.state.type).label("state"),
        cast(null(), DateEntry.held_until.type).label("held_until"),
        cast(null(), DateEntry.note.type).label("note"),
        Lead.id.label("lead_id"),
        _COUPLE.label("couple"),
        _PLACE.label("place"),
        Lead.updated_at,
    ).where(Lead.lead_status == LeadStatus.WON, Lead.wedding_date.between(first, last), ~in_book)
    noted = noted.where(DateEntry.on_date.between(first, last), DateEntry.in_force(now))
    parts = (noted.order_by(DateEntry.on_date, DateEntry.id), won.order_by(Lead.wedding_date, Lead.id))
    both = union_all(*(part.limit(MOST_DAYS).subquery().select() for part in parts)).order_by("day", "id")
    return [FeedDay(*row) for row in session.execute(both.limit(MOST_DAYS))]


def tasks(session: Session, user_id: UUID, now: datetime) -> list[FeedTask]:
    """The member's open follow-ups that are due in that time, at most 2,000."""
    statement = (
        select(
            Task.id,
            Task.title,
            Task.due_at,
            Task.lead_id,
            _COUPLE,
            func.greatest(Task.updated_at, Lead.updated_at),
        )
        .join(Task.lead)
        .where(
            Task.completed_at.is_(None),
            Task.assigned_to_user_id == user_id,
            Task.due_at.between(now - BACK, now + AHEAD),
            Lead.lead_status.in_(WORKED),
        )
        .order_by(Task.due_at, Task.id)
        .limit(MOST_TASKS)
    )
    return [FeedTask(*row) for row in session.execute(statement)]
