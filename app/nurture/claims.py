"""Claiming the enrollments that a worker decides for.

The lead's lock always comes first: it is what an opt-out, a status change and a step of another
sequence wait for. Those of sequences, which leads share, come last (`kernel.totals`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, tuple_, update
from sqlalchemy.orm import Session

from app.models.choices import EnrollmentStatus
from app.models.leads import Lead
from app.models.nurture import Enrollment, NurtureSequence
from app.nurture.engine import facts
from app.nurture.snapshots import Standing, Version, read_snapshots

_FRESH = {"populate_existing": True}
NO_LEAD = UUID(int=0)
"""Before every lead."""
LIVE = (EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)


@dataclass(frozen=True)
class Place:
    """A locked enrollment, its locked lead and its sequence, and what the engine knows of them."""

    enrollment: Enrollment
    lead: Lead
    snapshot: facts.Snapshot
    sequence: NurtureSequence


def claim(session: Session, enrollment_id: UUID, now: datetime, channels: frozenset[str]) -> Place | None:
    """Lock a due enrollment, waiting for its lead; None when it is not due any more or somebody is at it."""
    due = (Enrollment.id == enrollment_id, *is_due(now))
    return _place(session, _lock_one(session, due, skip_locked=True), now, channels)


def claim_due(session: Session, now: datetime, channels: frozenset[str], *, most: int) -> list[Place]:
    """Lock at most that many of the supplier's due enrollments, the longest due first, one a lead; those that
    somebody else is at, or whose lead is locked, are left to a later turn."""
    waiting = select(Enrollment.lead_id, Enrollment.id).where(*is_due(now))
    first: dict[UUID, UUID] = {}
    for lead_id, enrollment_id in session.execute(waiting.order_by(Enrollment.next_execution_at).limit(most)):
        first.setdefault(lead_id, enrollment_id)
    wanted = select(Lead).where(Lead.id.in_(first)).order_by(Lead.id)
    locking = wanted.with_for_update(key_share=True, skip_locked=True).execution_options(**_FRESH)
    leads = {lead.id: lead for lead in session.scalars(locking)} if first else {}
    mine = [pair for pair in first.items() if pair[0] in leads]  # what a merge takes along is another's turn
    its = tuple_(Enrollment.lead_id, Enrollment.id).in_(mine)
    found = _lock(session, (its, *is_due(now)), skip_locked=True) if mine else []
    return _places(session, leads, found, now, channels)


def awaiting(session: Session, lead: Lead, enrollment_id: UUID, step_id: UUID, now: datetime) -> Place | None:
    """Lock a locked lead's enrollment that waits for its step's message; None when it waits for another."""
    waits = (
        Enrollment.id == enrollment_id,
        Enrollment.lead_id == lead.id,
        Enrollment.status.in_(LIVE),
        Enrollment.current_step_id == step_id,
        Enrollment.next_execution_at.is_(None),
    )
    found = _lock(session, waits)
    return _places(session, {lead.id: lead}, found, now, frozenset())[0] if found else None


def live(session: Session, enrollment_id: UUID, now: datetime, channels: frozenset[str]) -> Place | None:
    """Lock a live enrollment, whatever it waits for; None when it has ended or there is none of that id."""
    wanted = (Enrollment.id == enrollment_id, Enrollment.status.in_(LIVE))
    return _place(session, _lock_one(session, wanted), now, channels)


def lock_batch(
    session: Session, wanted: Sequence[ColumnElement[bool]], *, most: int, after: UUID = NO_LEAD
) -> list[tuple[Lead, Enrollment]]:
    """At most that many of such enrollments of one sequence, and their leads, which are waited for; locked in
    the order of the leads, and only those behind `after`."""
    behind = select(Enrollment.lead_id).where(*wanted, Enrollment.lead_id > after)
    lead_ids = list(session.scalars(behind.order_by(Enrollment.lead_id).limit(most)))
    if not lead_ids:
        return []
    locked = select(Lead).where(Lead.id.in_(lead_ids)).order_by(Lead.id).with_for_update(key_share=True)
    leads = {lead.id: lead for lead in session.scalars(locked.execution_options(**_FRESH))}
    mine = select(Enrollment).where(*wanted, Enrollment.lead_id.in_(leads)).order_by(Enrollment.lead_id)
    rows = session.scalars(mine.with_for_update(key_share=True).execution_options(**_FRESH))
    return [(leads[one.lead_id], one) for one in rows]


def places_of(session: Session, locked: Sequence[tuple[Lead, Enrollment]], now: datetime) -> list[Place]:
    """What the engine knows of these."""
    leads = {lead.id: lead for lead, _ in locked}
    return _places(session, leads, [one for _, one in locked], now, frozenset({"email", "sms"}))


def live_of(session: Session, lead: Lead, now: datetime) -> list[Place]:
    """Every live enrollment of a locked lead, locked."""
    its = (Enrollment.lead_id == lead.id, Enrollment.status.in_(LIVE))
    return _places(session, {lead.id: lead}, _lock(session, its), now, frozenset({"email", "sms"}))


def put_off(session: Session, enrollment_id: UUID, now: datetime, until: datetime) -> None:
    """Look at an enrollment that is due not before `until`, and touch nothing else of it."""
    due = (Enrollment.id == enrollment_id, *is_due(now))
    session.execute(update(Enrollment).where(*due).values(next_execution_at=until))


def is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Enrollment.status == EnrollmentStatus.ACTIVE, Enrollment.next_execution_at <= now


def _lock_one(
    session: Session, wanted: Sequence[ColumnElement[bool]], *, skip_locked: bool = False
) -> tuple[Lead, Enrollment] | None:
    """That enrollment and its lead, locked, the lead first, for which it waits; None when it is not so any
    more. One that a merge took along meanwhile is locked with the lead it hangs on now."""
    waited_for = None
    its_lead = select(Enrollment.lead_id).where(*wanted)
    while (lead_id := session.scalar(its_lead)) not in (None, waited_for):
        locked = select(Lead).where(Lead.id == lead_id).with_for_update(key_share=True)
        lead = session.scalar(locked.execution_options(**_FRESH))
        found = _lock(session, (*wanted, Enrollment.lead_id == lead_id), skip_locked=skip_locked)
        if lead and found:
            return lead, found[0]
        waited_for = lead_id
    return None


def _lock(
    session: Session, wanted: Iterable[ColumnElement[bool]], *, skip_locked: bool = False
) -> Sequence[Enrollment]:
    """Those enrollments, locked."""
    locked = (
        select(Enrollment)
        .where(*wanted)
        .order_by(Enrollment.next_execution_at)
        .with_for_update(skip_locked=skip_locked, key_share=True)
    )
    return session.scalars(locked.execution_options(**_FRESH)).all()


def _place(
    session: Session, locked: tuple[Lead, Enrollment] | None, now: datetime, channels: frozenset[str]
) -> Place | None:
    if locked is None:
        return None
    lead, enrollment = locked
    return _places(session, {lead.id: lead}, [enrollment], now, channels)[0]


def _places(
    session: Session,
    leads: dict[UUID, Lead],
    enrollments: Sequence[Enrollment],
    now: datetime,
    channels: frozenset[str],
) -> list[Place]:
    if not enrollments:
        return []
    ids = {one.sequence_id for one in enrollments}
    rows = {
        row.id: row for row in session.scalars(select(NurtureSequence).where(NurtureSequence.id.in_(ids)))
    }
    standings = [
        Standing(leads[one.lead_id], Version(rows[one.sequence_id], one.version), one) for one in enrollments
    ]
    snapshots = read_snapshots(session, standings, now, channels)
    return [
        Place(one, leads[one.lead_id], snapshot, rows[one.sequence_id])
        for one, snapshot in zip(enrollments, snapshots, strict=True)
    ]
