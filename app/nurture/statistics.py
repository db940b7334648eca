"""What became of a sequence's leads, and of each of its steps over all versions."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.kernel.rates import Rate
from app.models.choices import EnrollmentStatus, MessageState, StepType
from app.models.messaging import Message
from app.models.nurture import DRAFT, Enrollment, SequenceStep, StepDecision
from app.nurture.claims import LIVE

OWN = "A"
"""The step's own text among its variants."""


@dataclass(frozen=True)
class Count:
    """How many, by the code of a reason."""

    reason: str
    count: int


@dataclass(frozen=True)
class Answers:
    """Of the messages that were sent: how many a person opened, clicked in and answered, and after how many,
    the last step they had done, couples booked."""

    sent: int = 0
    opened: int = 0
    clicked: int = 0
    replied: int = 0
    booked: int = 0

    @property
    def rates(self) -> dict[str, Rate]:
        names = ("opened", "clicked", "replied", "booked")
        return {name: Rate(self.sent, min(getattr(self, name), self.sent)) for name in names}


@dataclass(frozen=True)
class Variant:
    label: str
    answers: Answers


@dataclass(frozen=True)
class StepFigures:
    """One step, the same in every version by its key; `step_order` is its place in the newest, None when it
    is not in it. `due` stand at it now."""

    step_key: UUID
    step_name: str
    step_type: StepType
    step_order: int | None
    due: int
    done: int
    failed: int
    skipped: tuple[Count, ...]
    answers: Answers
    booked: Rate
    """Of those for whom it was done, the couples who booked with no other step done after it."""
    variants: tuple[Variant, ...]


@dataclass(frozen=True)
class Figures:
    """Of a sequence: who entered, who is under way, who took every step, why the others ended, who booked."""

    enrolled: int
    under_way: int
    completed: int
    ended: tuple[Count, ...]
    converted: Rate
    steps: tuple[StepFigures, ...]


def figures(session: Session, sequence_id: UUID) -> Figures:
    """Everything about one sequence, in six statements however many leads."""
    by_status = select(Enrollment.status, Enrollment.end_reason, func.count(), _count(Enrollment.converted))
    mine = Enrollment.sequence_id == sequence_id
    found = session.execute(by_status.where(mine).group_by(Enrollment.status, Enrollment.end_reason)).all()
    enrolled = sum(count for *_, count, _ in found)
    reasons: dict[str, int] = defaultdict(int)
    for status, reason, count, _ in found:
        if status not in (*LIVE, EnrollmentStatus.COMPLETED):
            reasons[reason or str(status)] += count
    return Figures(
        enrolled=enrolled,
        under_way=sum(count for status, _, count, _ in found if status in LIVE),
        completed=sum(count for status, _, count, _ in found if status is EnrollmentStatus.COMPLETED),
        ended=_most_first(reasons),
        converted=Rate(enrolled, sum(converted for *_, converted in found)),
        steps=tuple(_steps(session, sequence_id)),
    )


def _steps(session: Session, sequence_id: UUID) -> Iterable[StepFigures]:
    due, decided = _due(session, sequence_id), _decided(session, sequence_id)
    answers, booked = _answers(session, sequence_id), _booked(session, sequence_id)
    for step in _newest(session, sequence_id):
        mine = decided[step.step_key]
        done = mine[("done", None)]
        its = {label: one for (key, label), one in answers.items() if key == step.step_key}
        wins = {label: count for (key, label), count in booked.items() if key == step.step_key}
        variants = tuple(
            Variant(label, _with(its.get(label), wins.get(label, 0))) for label in sorted(its.keys() | wins)
        )
        total = sum(wins.values())
        yield StepFigures(
            step_key=step.step_key,
            step_name=step.step_name,
            step_type=step.step_type,
            step_order=step.place,
            due=due.get(step.step_key, 0),
            done=done,
            failed=sum(count for (outcome, _), count in mine.items() if outcome == "failed"),
            skipped=_most_first({r or "": n for (outcome, r), n in mine.items() if outcome == "skipped"}),
            answers=_with(_sum(its.values()), total),
            booked=Rate(done, min(total, done)),
            variants=variants if len(variants) > 1 else (),
        )


class _Step(NamedTuple):
    step_key: UUID
    step_name: str
    step_type: StepType
    place: int | None


def _newest(session: Session, sequence_id: UUID) -> list[_Step]:
    """Each step as its newest version has it: those of the newest in order, then those that are gone."""
    row = SequenceStep
    columns = (row.step_key, row.step_name, row.step_type, row.version, row.step_order)
    latest = (
        select(*columns)
        .where(row.sequence_id == sequence_id, row.version != DRAFT)
        .ext(distinct_on(row.step_key))
        .order_by(row.step_key, row.version.desc())
    )
    found = sorted(session.execute(latest).all(), key=lambda step: (-step.version, step.step_order))
    newest = found[0].version if found else 0
    return [
        _Step(s.step_key, s.step_name, s.step_type, s.step_order if s.version == newest else None)
        for s in found
    ]


def _due(session: Session, sequence_id: UUID) -> dict[UUID, int]:
    standing = (
        select(SequenceStep.step_key, func.count())
        .join(Enrollment, _of(Enrollment.supplier_id, Enrollment.current_step_id))
        .where(Enrollment.sequence_id == sequence_id, Enrollment.status.in_(LIVE))
        .group_by(SequenceStep.step_key)
    )
    return {row[0]: row[1] for row in session.execute(standing)}


def _decided(session: Session, sequence_id: UUID) -> dict[UUID, dict[tuple[str, str | None], int]]:
    """By step and (outcome, reason)."""
    columns = (SequenceStep.step_key, StepDecision.outcome, StepDecision.reason)
    final = (
        select(*columns, func.count())
        .join(StepDecision, _of(StepDecision.supplier_id, StepDecision.step_id))
        .where(SequenceStep.sequence_id == sequence_id, StepDecision.outcome != "retry")
        .group_by(*columns)
    )
    found: dict[UUID, dict[tuple[str, str | None], int]] = defaultdict(lambda: defaultdict(int))
    for key, outcome, reason, count in session.execute(final):
        found[key][outcome, reason] = count
    return found


def _answers(session: Session, sequence_id: UUID) -> dict[tuple[UUID, str], Answers]:
    """By step and variant."""
    label = func.coalesce(Message.variant, OWN)
    seen = (Message.opened_at, Message.clicked_at, Message.replied_at)
    sent = (
        select(SequenceStep.step_key, label, func.count(), *(_count(one.is_not(None)) for one in seen))
        .join(Message, _of(Message.supplier_id, Message.sequence_step_id))
        .where(SequenceStep.sequence_id == sequence_id, Message.state == MessageState.ACCEPTED)
        .group_by(SequenceStep.step_key, label)
    )
    return {(row[0], row[1]): Answers(row[2], row[3], row[4], row[5]) for row in session.execute(sent)}


def _booked(session: Session, sequence_id: UUID) -> dict[tuple[UUID, str], int]:
    """By the last step that couples who booked had done, and its variant."""
    mine = and_(
        StepDecision.supplier_id == Enrollment.supplier_id, StepDecision.enrollment_id == Enrollment.id
    )
    last = (
        select(Enrollment.supplier_id, Enrollment.id, StepDecision.step_id)
        .join(StepDecision, mine)
        .where(Enrollment.sequence_id == sequence_id, Enrollment.converted, StepDecision.outcome == "done")
        .ext(distinct_on(Enrollment.id))
        .order_by(Enrollment.id, StepDecision.decided_at.desc(), StepDecision.id.desc())
        .subquery()
    )
    its_message = and_(
        Message.supplier_id == last.c.supplier_id,
        Message.enrollment_id == last.c.id,
        Message.sequence_step_id == last.c.step_id,
    )
    label = func.coalesce(Message.variant, OWN)
    won = (
        select(SequenceStep.step_key, label, func.count(last.c.id.distinct()))
        .join(last, _of(last.c.supplier_id, last.c.step_id))
        .outerjoin(Message, its_message)
        .group_by(SequenceStep.step_key, label)
    )
    return {(row[0], row[1]): row[2] for row in session.execute(won)}


def _of(supplier_id: Any, step_id: Any) -> ColumnElement[bool]:
    return and_(SequenceStep.supplier_id == supplier_id, SequenceStep.id == step_id)


def _count(condition: Any) -> ColumnElement[int]:
    return func.count().filter(condition)


def _with(answers: Answers | None, booked: int) -> Answers:
    one = answers or Answers()
    return Answers(one.sent, one.opened, one.clicked, one.replied, booked)


def _sum(several: Iterable[Answers]) -> Answers:
    sent = opened = clicked = replied = 0
    for one in several:
        sent, opened = sent + one.sent, opened + one.opened
        clicked, replied = clicked + one.clicked, replied + one.replied
    return Answers(sent, opened, clicked, replied)


def _most_first(counts: dict[str, int]) -> tuple[Count, ...]:
    return tuple(Count(*one) for one in sorted(counts.items(), key=lambda one: (-one[1], one[0])))
