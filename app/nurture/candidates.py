"""Many leads that a sequence may want now: found by their columns in one statement, decided on one by one.

`engine.targets.matches` alone says whether a sequence takes a lead in. What is here only narrows: it leaves
out leads that cannot match, and whom the sequence has had.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, exists, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.kernel.zones import day_of, day_start, zone
from app.models.accounts import Supplier
from app.models.choices import OPEN_STATUSES
from app.models.leads import Lead
from app.models.nurture import Enrollment, NurtureSequence
from app.nurture.claims import LIVE
from app.nurture.engine.conditions import DAILY
from app.nurture.progress import IN_ORDER
from app.nurture.service import SOONEST_RETURN

MOST = 10_000
"""Leads of one sequence that are marked in one statement; the next hour marks the next."""


def mark_of_the_day(session: Session, now: datetime) -> int:
    """Mark the leads that sequences may want because time has passed: a day made them fit, or they may enter
    again; how many. What time cannot change is left alone, so that a new sequence takes in who comes, not
    who is there, and who opted out is not taken in hour by hour to be let go at once."""
    running = (NurtureSequence.is_active, NurtureSequence.published_version > 0)
    rows = session.scalars(select(NurtureSequence).where(*running).order_by(*IN_ORDER)).all()
    marked = 0
    for row in rows:
        if DAILY & row.trigger_conditions.keys():
            marked += mark(session, row, now, Lead.opt_out_date.is_(None))
        elif row.reentry_after_days is not None:
            marked += mark(session, row, now, Lead.opt_out_date.is_(None), _was_in(row))
    return marked


def mark(session: Session, row: NurtureSequence, now: datetime, *which: ColumnElement[bool]) -> int:
    """Mark the leads that this sequence may want, so that they are evaluated; how many. Those that somebody
    is writing are left to the next time. A look goes on where the last one ended, so that many who fit as far
    as columns tell, and do not enter, are never all that is looked at."""
    wanted = (*candidates(session, row, now), *which)
    behind = Lead.id > row.marked_to if row.marked_to else true()
    free = select(Lead.id).where(*wanted, Lead.evaluate_at.is_(None), behind).order_by(Lead.id).limit(MOST)
    # as a subquery it might be run, and limited, many times
    locked = free.with_for_update(key_share=True, skip_locked=True)
    ids = locked.cte("free").prefix_with("MATERIALIZED", dialect="postgresql")
    its = Lead.id.in_(select(ids.c.id))
    marked = update(Lead).where(its).values(evaluate_at=now, updated_at=Lead.updated_at)
    found = session.scalars(marked.returning(Lead.id)).all()
    _note(session, row, max(found) if len(found) == MOST else None)
    return len(found)


def _note(session: Session, row: NurtureSequence, marked_to: UUID | None) -> None:
    if row.marked_to != marked_to:
        noted = update(NurtureSequence).where(NurtureSequence.id == row.id)
        session.execute(noted.values(marked_to=marked_to, updated_at=NurtureSequence.updated_at))


def count(session: Session, row: NurtureSequence, now: datetime) -> int:
    """How many leads the sequence may want; sources and what only a mind can tell are not looked at."""
    return session.scalar(select(func.count(Lead.id)).where(*candidates(session, row, now))) or 0


def candidates(session: Session, row: NurtureSequence, now: datetime) -> list[ColumnElement[bool]]:
    """Which of the supplier's leads may match, and may enter."""
    supplier = session.get_one(Supplier, row.supplier_id)
    least, most = (*row.target_score_range, None, None)[:2]
    bounds = {
        Lead.lead_score >= least if least is not None else None,
        Lead.lead_score <= most if most is not None else None,
    }
    return [
        Lead.lead_status.in_(row.target_lead_status or sorted(OPEN_STATUSES)),
        *(bound for bound in bounds if bound is not None),
        *_asked(row, supplier, now),
        ~_had(row, now),
    ]


def _asked(row: NurtureSequence, supplier: Supplier, now: datetime) -> list[ColumnElement[bool]]:
    """What the trigger asks that a column tells."""
    asked = {key: wanted for key, wanted in row.trigger_conditions.items() if wanted is not None}
    where = zone(supplier.timezone)
    today = day_of(now, where)

    def day(ago: int) -> datetime:
        return day_start(today - timedelta(ago), where)

    found: list[ColumnElement[bool]] = []
    for key, wanted in asked.items():
        match key, wanted:
            case "min_score", int():
                found.append(Lead.lead_score >= wanted)
            case "max_score", int():
                found.append(Lead.lead_score <= wanted)
            case "min_days_until_wedding", int():
                found.append(Lead.wedding_date >= today + timedelta(wanted))
            case "max_days_until_wedding", int():
                found.append(Lead.wedding_date <= today + timedelta(wanted))
            case "min_days_since_inquiry", int():
                found.append(Lead.created_at < day(wanted - 1))
            case "max_days_since_inquiry", int():
                found.append(Lead.created_at >= day(wanted))
            case "min_days_since_contact", int():
                found.append(Lead.last_contact_at < day(wanted - 1))
            case "max_days_since_contact", int():
                found.append(Lead.last_contact_at >= day(wanted))
            case "required_tags", list():
                found.append(cast(Lead.tags, ARRAY(Text)).contains(cast(wanted, ARRAY(Text))))
    return found


def _was_in(row: NurtureSequence, *how: ColumnElement[bool]) -> ColumnElement[bool]:
    its = (Enrollment.supplier_id == Lead.supplier_id, Enrollment.lead_id == Lead.id)
    return exists().where(*its, Enrollment.sequence_id == row.id, *how)


def _had(row: NurtureSequence, now: datetime) -> ColumnElement[bool]:
    """It is in the sequence, or was and may not return yet."""
    if row.reentry_after_days is None:
        return _was_in(row)
    left = now - max(timedelta(row.reentry_after_days), SOONEST_RETURN)
    return _was_in(row, or_(Enrollment.status.in_(LIVE), Enrollment.ended_at > left))


def claim_marked(session: Session, most: int) -> list[Lead]:
    """At most that many marked leads, locked, the longest marked first; what somebody else is at is left."""
    marked = select(Lead).where(Lead.evaluate_at.is_not(None)).order_by(Lead.evaluate_at, Lead.id).limit(most)
    locked = marked.with_for_update(key_share=True, skip_locked=True)
    return list(session.scalars(locked.execution_options(populate_existing=True)))


def unmark(session: Session, lead_ids: list[UUID]) -> None:
    """They have been evaluated."""
    unmarked = update(Lead).where(Lead.id.in_(lead_ids))
    session.execute(unmarked.values(evaluate_at=None, updated_at=Lead.updated_at))
