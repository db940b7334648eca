"""Places that were held go on: automation of a lead is paused no more, or its sequence is on again."""

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
from app.nurture.progress import Tally, reopen


def wake_lead(session: Session, lead: Lead, now: datetime) -> None:
    """What fell due while the locked lead was paused comes in the next moment of its window, and what was
    written leaves; places that are paused themselves stay so."""
    active = [one for one in live_of(session, lead, now) if one.enrollment.status is EnrollmentStatus.ACTIVE]
    tally = Tally()
    _wake(session, active, now, tally)
    _free(session, (Message.lead_id == lead.id,), "lead_paused", now)
    tally.write(session)
    ring(lead.supplier_id)


def wake_batch(
    session: Session, row: NurtureSequence, now: datetime, *, most: int, after: UUID
) -> UUID | None:
    """The same for at most that many leads behind `after` that a sequence held while it was off; the last
    one's id, or None when that was all."""
    held = or_(Enrollment.next_execution_at.is_(None), Enrollment.due_at <= now)
    its = (Enrollment.sequence_id == row.id, Enrollment.status == EnrollmentStatus.ACTIVE, held)
    locked = lock_batch(session, its, most=most, after=after)
    tally = Tally()
    _wake(session, places_of(session, locked, now), now, tally)
    _free(session, (Message.enrollment_id.in_([one.id for _, one in locked]),), "sequence_off", now)
    tally.write(session)
    return locked[-1][0].id if len(locked) == most else None


def ring(supplier_id: UUID) -> None:
    """Take the steps and send the messages that are due by now."""
    jobs.ring("workers.jobs.steps.run_steps", supplier_id)
    jobs.ring("workers.jobs.messages.deliver_due", supplier_id)


def _wake(session: Session, places: list[Place], now: datetime, tally: Tally) -> None:
    for place in places:
        due = place.snapshot.due_at
        if due is not None and due <= now:
            reopen(session, place, now, tally)
    session.flush()


def _free(session: Session, whose: tuple[ColumnElement[bool], ...], reason: str, now: datetime) -> None:
    """Messages that waited for that reason are judged anew, now."""
    waiting = (Message.state == MessageState.DUE, Message.reason == reason, Message.due_at > now)
    session.execute(update(Message).where(*whose, *waiting).values(due_at=now))
