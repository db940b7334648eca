"""Moving enrollments on: what was decided is recorded, and every counter equals a recount."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Numeric, cast, delete, func, select, update
from sqlalchemy.orm import Session

from app.kernel import totals
from app.models.choices import EnrollmentStatus, InteractionType, MessageEventType, MessageState
from app.models.lead_facts import record_interaction
from app.models.leads import Lead
from app.models.messaging import Message, MessageEvent
from app.models.nurture import Enrollment, NurtureSequence, StepDecision
from app.nurture.claims import LIVE, Place
from app.nurture.engine.advance import DATED, advance, following, retimed, timed
from app.nurture.engine.facts import Step
from app.nurture.engine.outcomes import Done, Failed, Next, Passed, Settled, Skip, Timed
from app.nurture.tasks import report_failure

BACK_OFF = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=2), timedelta(hours=20))
"""The waits after a failure that may pass: five tries within 24 hours."""
IN_ORDER = (NurtureSequence.priority_level.desc(), NurtureSequence.sequence_name)
"""The most important sequence first."""
_NAMES = {Done: "done", Skip: "skipped", Failed: "failed"}


def settle(session: Session, place: Place, outcome: Settled, now: datetime, **details: Any) -> None:
    """Record what became of the step and move the enrollment to the next one, or to its end."""
    enrollment = place.enrollment
    ahead = advance(place.snapshot, outcome, now)
    if place.snapshot.step:
        session.add(_decision(enrollment, place.snapshot.step, outcome, now, details))
    if isinstance(outcome, Failed):
        report_failure(session, place, outcome.reason, now)
    enrollment.steps_completed += isinstance(outcome, Done)
    enrollment.steps_skipped += isinstance(outcome, Skip)
    enrollment.steps_failed += isinstance(outcome, Failed)
    pass_over(session, enrollment, ahead.passed, now)
    enrollment.completion_rate = rate_of(enrollment, len(following(place.snapshot)) - len(ahead.passed))
    if isinstance(ahead, Next):
        enrollment.current_step_id = ahead.step.id
        enrollment.next_execution_at = enrollment.due_at = ahead.at
    else:
        status = EnrollmentStatus(ahead.status)
        end(session, place.lead, enrollment, ahead.reason, now, status=status)


def hold(session: Session, place: Place, until: datetime, now: datetime) -> None:
    """Keep the place and look again at `until`. A dated step whose day is over by now is left out, as when a
    lead is resumed: what announces a wedding is not sent after it."""
    step = place.snapshot.step
    over = timed(place.snapshot, now) if step and step.timing.anchor in DATED else None
    if isinstance(over, str):
        settle(session, place, Skip(over), now)
    else:
        place.enrollment.next_execution_at = until


def pass_over(session: Session, enrollment: Enrollment, passed: tuple[Passed, ...], now: datetime) -> None:
    """Record the steps that are left out on the way."""
    for one in passed:
        session.add(_decision(enrollment, one.step, Skip(one.reason), now))
    enrollment.steps_skipped += len(passed)


def postpone(session: Session, place: Place, problem: str, now: datetime) -> bool:
    """Try the step again after a while; False, and the step has failed, once the tries are used up."""
    step, enrollment = place.snapshot.step, place.enrollment
    retried = (
        StepDecision.enrollment_id == enrollment.id,
        StepDecision.step_id == enrollment.current_step_id,
        StepDecision.outcome == "retry",
    )
    tries = session.scalar(select(func.count()).select_from(StepDecision).where(*retried)) or 0
    if step is None or tries >= len(BACK_OFF):
        settle(session, place, Failed("tries_used_up"), now, problem=problem)
        return False
    session.add(_row(enrollment, step, now, outcome="retry", reason="error", details={"problem": problem}))
    enrollment.next_execution_at = now + BACK_OFF[tries]
    return True


def reopen(session: Session, place: Place, now: datetime) -> None:
    """Time the present step anew, by the anchors as they are now: it was held, or its anchor has moved."""
    enrollment = place.enrollment
    if place.snapshot.step is None or enrollment.next_execution_at is None:
        return
    match retimed(place.snapshot, now):
        case Timed(at, due):
            enrollment.next_execution_at, enrollment.due_at = at, due
        case str() as reason:
            settle(session, place, Skip(reason), now)


def end(
    session: Session,
    lead: Lead,
    enrollment: Enrollment,
    reason: str,
    now: datetime,
    *,
    status: EnrollmentStatus = EnrollmentStatus.CANCELLED,
) -> str:
    """End the enrollment with a reason's code, on the lead's timeline too; the sequence's name."""
    waited = enrollment.next_execution_at is None
    if status is EnrollmentStatus.CANCELLED and enrollment.current_step_id:
        session.add(_left(enrollment, enrollment.current_step_id, reason, now))
    enrollment.status = status
    enrollment.ended_at = now
    enrollment.end_reason = reason
    enrollment.next_execution_at = None
    session.flush()
    if waited:
        _withdraw(session, enrollment, now)
    totals.add(SEQUENCES, enrollment.sequence_id, _part(enrollment))
    sequence = session.get_one(NurtureSequence, (enrollment.supplier_id, enrollment.sequence_id))
    lead.nurture_sequence_id = _still_in(session, lead)
    record_interaction(
        session,
        lead,
        InteractionType.SEQUENCE_ENDED,
        occurred_at=now,
        system=True,
        subject=sequence.sequence_name,
        outcome=reason,
        metadata={"sequence_id": str(sequence.id), "status": status},
    )
    return sequence.sequence_name


def _withdraw(session: Session, enrollment: Enrollment, now: datetime) -> None:
    """Nobody has to say yes any more to a message that the sequence no longer wants to send."""
    held = (Message.enrollment_id == enrollment.id, Message.state == MessageState.HELD)
    skipped = {"state": MessageState.SKIPPED, "reason": "enrollment_ended"}
    for message_id in session.scalars(update(Message).where(*held).values(skipped).returning(Message.id)):
        session.add(
            MessageEvent(
                supplier_id=enrollment.supplier_id,
                message_id=message_id,
                event_type=MessageEventType.SKIPPED,
                occurred_at=now,
                details={"reason": "enrollment_ended"},
            )
        )


def end_all(session: Session, lead: Lead, reason: str, now: datetime) -> list[str]:
    """End every live enrollment of a locked lead; the names of their sequences."""
    live = (
        select(Enrollment)
        .join(Enrollment.sequence)
        .where(Enrollment.lead_id == lead.id, Enrollment.status.in_(LIVE))
        .order_by(*IN_ORDER)
        .with_for_update(key_share=True, of=Enrollment)
        .execution_options(populate_existing=True)
    )
    return [end(session, lead, enrollment, reason, now) for enrollment in session.scalars(live).all()]


def set_converted(session: Session, lead: Lead, *, converted: bool) -> None:
    """The lead booked, or did not after all: a live enrollment led to it, or none did."""
    wanted = select(Enrollment).join(Enrollment.sequence).where(Enrollment.lead_id == lead.id)
    which = Enrollment.status.in_(LIVE) if converted else Enrollment.converted
    locked = wanted.where(which).order_by(*IN_ORDER).with_for_update(key_share=True, of=Enrollment)
    for enrollment in session.scalars(locked.execution_options(populate_existing=True)).all():
        if enrollment.ended_at is not None and enrollment.converted is not converted:
            totals.add(SEQUENCES, enrollment.sequence_id, Part(conversions=1 if converted else -1))
        enrollment.converted = converted
        enrollment.conversion_step_id = enrollment.current_step_id if converted else None


def end_shared(session: Session, lead: Lead, other: Lead, now: datetime) -> None:
    """End the lead's live enrollments in sequences where the other one is live, too: one is enough."""
    theirs = select(Enrollment.sequence_id).where(Enrollment.lead_id == other.id, Enrollment.status.in_(LIVE))
    mine = (Enrollment.lead_id == lead.id, Enrollment.status.in_(LIVE), Enrollment.sequence_id.in_(theirs))
    shared = select(Enrollment).join(Enrollment.sequence).where(*mine).order_by(*IN_ORDER)
    locked = shared.with_for_update(key_share=True, of=Enrollment)
    for enrollment in session.scalars(locked.execution_options(populate_existing=True)).all():
        end(session, lead, enrollment, "merged", now)


def follow_enrollments(session: Session, lead: Lead) -> None:
    """Set the sequence that the lead is in, after enrollments came or went."""
    lead.nurture_sequence_id = _still_in(session, lead)


def leave_all(session: Session, lead: Lead) -> None:
    """Take the lead's enrollments out of their sequences, as if they had never been; it is being deleted."""
    gone = delete(Enrollment).where(Enrollment.lead_id == lead.id).returning(Enrollment)
    found = session.scalars(gone.execution_options(synchronize_session=False)).all()
    for enrollment in found:
        part = _part(enrollment)._replace(entered=1)
        totals.add(SEQUENCES, enrollment.sequence_id, part.undone())


def _still_in(session: Session, lead: Lead) -> UUID | None:
    """The sequence that the lead is in now, the longest if there are several."""
    live = select(Enrollment.sequence_id).where(Enrollment.lead_id == lead.id, Enrollment.status.in_(LIVE))
    return session.scalar(live.order_by(Enrollment.enrollment_date, Enrollment.id).limit(1))


class Part(NamedTuple):
    """What enrollments add to the sums of their sequence."""

    ended: int = 0
    completion: Decimal = Decimal(0)
    conversions: int = 0
    entered: int = 0

    def plus(self, other: "Part") -> "Part":
        ended, completion = self.ended + other.ended, self.completion + other.completion
        conversions, entered = self.conversions + other.conversions, self.entered + other.entered
        return Part(ended, completion, conversions, entered)

    def undone(self) -> "Part":
        return Part(-self.ended, -self.completion, -self.conversions, -self.entered)


def _part(enrollment: Enrollment) -> Part:
    """What an enrollment that has begun before adds by ending."""
    if enrollment.ended_at is None:
        return Part()
    return Part(1, enrollment.completion_rate, int(enrollment.converted))


def count_entry(sequence_id: UUID) -> None:
    """One more lead has entered the sequence."""
    totals.add(SEQUENCES, sequence_id, Part(entered=1))


def _move(session: Session, sequence_id: UUID, part: Part) -> None:
    """Add to the sums of the sequence, and set its rates by them, in per cent.

    `completion_rate` is the mean of those that ended, `conversion_rate` the share of them that converted.
    One UPDATE in SQL, so that two transactions that count at once both count.
    """
    ended = NurtureSequence.ended_enrollments + part.ended
    completion = NurtureSequence.ended_completion + part.completion
    conversions = NurtureSequence.ended_conversions + part.conversions
    values = {
        "total_enrollments": NurtureSequence.total_enrollments + part.entered,
        "ended_enrollments": ended,
        "ended_completion": completion,
        "ended_conversions": conversions,
        "completion_rate": _mean(completion, ended),
        "conversion_rate": _mean(cast(100 * conversions, Numeric), ended),
    }
    moved = update(NurtureSequence).where(NurtureSequence.id == sequence_id).values(values)
    session.execute(moved)


SEQUENCES = totals.Total("nurture_sequences", _move)


def _mean(total: ColumnElement[Any], ended: ColumnElement[int]) -> ColumnElement[Any]:
    return func.coalesce(func.round(total / func.nullif(ended, 0), 2), 0)


def _decision(
    enrollment: Enrollment, step: Step, outcome: Settled, now: datetime, details: dict[str, Any] | None = None
) -> StepDecision:
    reason = None if isinstance(outcome, Done) else outcome.reason
    return _row(enrollment, step, now, outcome=_NAMES[type(outcome)], reason=reason, details=details or {})


def _left(enrollment: Enrollment, step_id: UUID, reason: str, now: datetime) -> StepDecision:
    """That the lead left at that step, for the record of decisions; no counter knows of it."""
    ids = {"supplier_id": enrollment.supplier_id, "enrollment_id": enrollment.id, "step_id": step_id}
    return StepDecision(**ids, decided_at=now, outcome="ended", reason=reason, details={})


def _row(enrollment: Enrollment, step: Step, now: datetime, **columns: Any) -> StepDecision:
    due = enrollment.due_at or enrollment.next_execution_at if step.id == enrollment.current_step_id else None
    late = max(0, int((now - due).total_seconds())) if due else 0
    ids = {"supplier_id": enrollment.supplier_id, "enrollment_id": enrollment.id, "step_id": step.id}
    return StepDecision(**ids, decided_at=now, lateness_seconds=late, **columns)


def rate_of(enrollment: Enrollment, ahead: int) -> Decimal:
    """Done ÷ applicable, in percent: of what was taken, in whatever version, and so many steps ahead."""
    applicable = enrollment.steps_completed + enrollment.steps_failed + ahead
    share = Decimal(enrollment.steps_completed) / applicable if applicable else Decimal(0)
    return round(100 * share, 2)
