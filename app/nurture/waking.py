"""What waited goes on: a lead is paused no more, its sequence is on again, or the message it stood back for
does not leave."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.orm import Session

from app.kernel import jobs
from app.models.choices import EnrollmentStatus, MessageState
from app.models.leads import Lead
from app.models.messaging import Message
from app.models.nurture import Enrollment, NurtureSequence
from app.nurture.claims import Place, live_of, lock_batch, places_of
from app.nurture.progress import reopen


def wake_lead(session: Session, lead: Lead, now: datetime) -> None:
    """What fell due while the locked lead was paused comes in the next moment of its window, and what was
    written leaves; places that are paused themselves stay so."""
    active = [one for one in live_of(session, lead, now) if one.enrollment.status is EnrollmentStatus.ACTIVE]
    _wake(session, active, now)
    _free(session, (Message.lead_id == lead.id,), ("lead_paused",), now)
    ring(lead.supplier_id)


def wake_batch(
    session: Session, row: NurtureSequence, now: datetime, *, most: int, after: UUID
) -> UUID | None:
    """The same for at most that many leads behind `after` that a sequence held while it was off; the last
    one's id, or None when that was all."""
    held = or_(Enrollment.next_execution_at.is_(None), Enrollment.due_at <= now)
    its = (Enrollment.sequence_id == row.id, Enrollment.status == EnrollmentStatus.ACTIVE, held)
    locked = lock_batch(session, its, most=most, after=after)
    _wake(session, places_of(session, locked, now), now)
    _free(session, (Message.enrollment_id.in_([one.id for _, one in locked]),), ("sequence_off",), now)
    return locked[-1][0].id if len(locked) == most else None


def free_place(session: Session, lead: Lead, now: datetime) -> None:
    """An automated message of the locked lead does not leave after all: those that stood back for it, by the
    caps of the day and the week, are judged anew."""
    if _free(session, (Message.lead_id == lead.id,), ("daily_cap", "weekly_cap"), now):
        jobs.ring("workers.jobs.messages.deliver_due", lead.supplier_id)


def ring(supplier_id: UUID) -> None:
    """Take the steps and send the messages that are due by now."""
    jobs.ring("workers.jobs.steps.run_steps", supplier_id)
    jobs.ring("workers.jobs.messages.deliver_due", supplier_id)


def _wake(session: Session, places: list[Place], now: datetime) -> None:
    for place in places:
        due = place.snapshot.due_at
        if due is not None and due <= now:
            reopen(session, place, now)
    session.flush()


def _free(
    session: Session, whose: tuple[ColumnElement[bool], ...], reasons: tuple[str, ...], now: datetime
) -> bool:
    """Messages that waited for one of these reasons are judged anew, now; was there any?"""
    waiting = (Message.state == MessageState.DUE, Message.reason.in_(reasons), Message.due_at > now)
    freed = update(Message).where(*whose, *waiting).values(due_at=now).returning(Message.id)
    return session.scalars(freed).first() is not None
