"""What a lead's sequences will do, and what they did and why: reads for the lead's page and the APIs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.errors import NotFound
from app.kernel.keyset import Cut, Order, Page, fetch
from app.models.choices import EnrollmentStatus, MessageState
from app.models.leads import Lead
from app.models.messaging import Message
from app.models.nurture import Enrollment, NurtureSequence, SequenceStep, StepDecision
from app.nurture.claims import LIVE
from app.nurture.engine.facts import Snapshot
from app.nurture.engine.forecast import Gate, Planned, open_gate, together
from app.nurture.snapshots import Standing, Version, read_snapshots

_NEWEST = Order("-decided_at", StepDecision.decided_at, StepDecision.id)
_UNSENT = (MessageState.HELD, MessageState.DUE, MessageState.SENDING, MessageState.UNCERTAIN)


@dataclass(frozen=True)
class Course:
    """A live enrollment: what is to come, and the message of its present step if that is written."""

    enrollment: Enrollment
    sequence_name: str
    planned: list[Planned]
    waiting: Message | None

    @property
    def is_paused(self) -> bool:
        return self.enrollment.status is EnrollmentStatus.PAUSED

    @property
    def acts_on(self) -> UUID | None:
        """The step that can be skipped or taken now."""
        return self.enrollment.current_step_id


def courses(
    session: Session,
    lead: Lead,
    now: datetime,
    channels: frozenset[str] = frozenset({"email"}),
    gate: Gate = open_gate,
) -> list[Course]:
    """The lead's live enrollments with all that is still to come, as if nothing were held; messages when that
    gate lets them leave. The oldest enrollment first."""
    found = under_way(session, lead, now, channels)
    waiting = _waiting(session, [one.enrollment for one in found])
    ranked = by_rank(found)
    snapshots = [_expecting(one.snapshot, waiting.get(_at(one))) for one in ranked]
    planned = together(snapshots, now, gate=gate)
    calendars = {one.enrollment.id: calendar for one, calendar in zip(ranked, planned, strict=True)}
    return [_course(one, calendars[one.enrollment.id], waiting.get(_at(one))) for one in found]


def by_rank(found: Iterable["UnderWay"]) -> list["UnderWay"]:
    """Whose messages go first, when not all may."""
    return sorted(found, key=lambda one: -one.priority)


def _at(one: "UnderWay") -> tuple[UUID, UUID | None]:
    return one.enrollment.id, one.enrollment.current_step_id


def _expecting(snapshot: Snapshot, message: Message | None) -> Snapshot:
    """A message that is written leaves when it is looked at again."""
    is_due = message and message.state is MessageState.DUE
    return replace(snapshot, next_at=message.due_at) if message and is_due else snapshot


def _course(one: "UnderWay", planned: list[Planned], message: Message | None) -> Course:
    first = planned[0] if planned else None
    if first and message and message.state is MessageState.DUE and not first.wait_reason:
        planned = [replace(first, wait_reason=message.reason), *planned[1:]]
    return Course(one.enrollment, one.sequence_name, planned, message)


@dataclass(frozen=True)
class UnderWay:
    """A live enrollment and what the engine knows of it; nothing is locked."""

    enrollment: Enrollment
    sequence_name: str
    priority: int
    snapshot: Snapshot


def under_way(session: Session, lead: Lead, now: datetime, channels: frozenset[str]) -> list[UnderWay]:
    """The lead's live enrollments, the oldest first."""
    its = (Enrollment.lead_id == lead.id, Enrollment.status.in_(LIVE))
    statement = select(Enrollment, NurtureSequence).join(Enrollment.sequence).where(*its)
    found = session.execute(statement.order_by(Enrollment.enrollment_date, Enrollment.id)).all()
    standings = [Standing(lead, Version(row, one.version), one) for one, row in found]
    snapshots = read_snapshots(session, standings, now, channels) if standings else []
    return [
        UnderWay(one, row.sequence_name, row.priority_level, snapshot)
        for (one, row), snapshot in zip(found, snapshots, strict=True)
    ]


def find_enrollment(session: Session, enrollment_id: UUID) -> Enrollment:
    """NotFound for an unknown id and for another supplier's."""
    found = session.scalar(select(Enrollment).where(Enrollment.id == enrollment_id))
    if found is None:
        raise NotFound("enrollment")
    return found


def _waiting(
    session: Session, enrollments: Sequence[Enrollment]
) -> dict[tuple[UUID | None, UUID | None], Message]:
    """By enrollment and step, the messages that are written and have not left."""
    ids = [one.id for one in enrollments if one.next_execution_at is None]
    if not ids:
        return {}
    unsent = select(Message).where(Message.enrollment_id.in_(ids), Message.state.in_(_UNSENT))
    return {(one.enrollment_id, one.sequence_step_id): one for one in session.scalars(unsent)}


def decisions(
    session: Session, lead_id: UUID, cut: Cut
) -> Page[tuple[StepDecision, SequenceStep, NurtureSequence]]:
    """A page of every decision taken on the lead's steps, newest first: what was done, and why not."""
    statement = (
        select(StepDecision, SequenceStep, NurtureSequence)
        .join(
            Enrollment,
            (Enrollment.supplier_id == StepDecision.supplier_id)
            & (Enrollment.id == StepDecision.enrollment_id),
        )
        .join(
            SequenceStep,
            (SequenceStep.supplier_id == StepDecision.supplier_id)
            & (SequenceStep.id == StepDecision.step_id),
        )
        .join(Enrollment.sequence)
        .where(Enrollment.lead_id == lead_id)
    )
    return fetch(session, statement, _NEWEST, cut)
