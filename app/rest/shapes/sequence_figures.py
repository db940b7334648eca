"""What became of sequences: enrollments, figures of steps, and rehearsals."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.kernel import rates
from app.kernel.schema import Schema
from app.models.choices import EnrollmentStatus, StepType
from app.nurture import statistics
from app.rest.shapes.base import PageQuery, Pagination, Rate, Shape
from app.rest.shapes.scores import RateInterval
from app.rest.shapes.sequences import Percentage
from app.workflows import dry_run


class Enrollment(Shape):
    """A lead's way through one version of a sequence."""

    id: UUID
    lead_id: UUID
    sequence_id: UUID
    version: int
    enrollment_date: datetime
    current_step_id: UUID | None
    next_execution_at: datetime | None
    status: EnrollmentStatus
    completion_rate: Percentage
    steps_completed: int
    steps_skipped: int
    emails_opened: int
    emails_clicked: int
    converted: bool
    conversion_step_id: UUID | None
    paused_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None


class EnrollmentsQuery(PageQuery):
    """Which of those in the sequence."""

    status: EnrollmentStatus | None = None


class EnrollmentsResponse(Shape):
    """A page of enrollments, the newest first."""

    enrollments: list[Enrollment]
    pagination: Pagination


class ReasonCount(Shape):
    """How many, by the code of a reason."""

    reason: str
    count: int


class RateOf(Shape):
    """`won` of `n`, as a rate with its 95 % interval; null of nobody."""

    n: int
    won: int
    rate: Rate | None
    interval: RateInterval | None


class MessageFigures(Shape):
    """Of the messages that were `sent`: how many a person opened, clicked in and answered, and after how
    many, the last step they had done, couples booked."""

    sent: int
    opened: RateOf
    clicked: RateOf
    replied: RateOf
    booked: RateOf


class VariantFigures(MessageFigures):
    """The same of one text."""

    label: str


class StepFigures(Shape):
    """One step over all versions, by its key; `step_order` is its place in the newest, null if it is not in
    it. `due` stand at it now; `messages` is null where none is sent; `variants` only where there are
    several."""

    step_key: UUID
    step_name: str
    step_type: StepType
    step_order: int | None
    due: int
    done: int
    failed: int
    skipped: list[ReasonCount]
    booked: RateOf
    messages: MessageFigures | None
    variants: list[VariantFigures]


class SequenceStatisticsResponse(Shape):
    """Who entered, is under way, took every step, ended before and why, and booked."""

    enrolled: int
    under_way: int
    completed: int
    ended: list[ReasonCount]
    converted: RateOf
    steps: list[StepFigures]


class DryRunQuery(Schema):
    """Which lead, and by which version (0: the draft); without one, as an editor sees it."""

    lead_id: UUID
    version: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None


class StepWords(Shape):
    """What a step would say: the subject of an e-mail or title of a task, the text, an e-mail's HTML."""

    subject: str | None
    text: str
    html: str | None


class PlannedStep(Shape):
    """A step, when it would be taken, or its message leave (null: passed over on the way), what would
    become of it and why not. `wait_reason`: why a message would leave later than `due_at`."""

    step_key: UUID
    step_order: int
    step_name: str
    step_type: StepType
    at: datetime | None
    outcome: Annotated[str, Field(description="done, skipped, failed, held or ended")]
    reason: str | None
    due_at: datetime | None
    wait_reason: str | None
    words: StepWords | None
    problem: str | None


class DryRunResponse(Shape):
    """The whole calendar of a lead that entered now; `fits`: it would be taken in by itself."""

    sequence_id: UUID
    lead_id: UUID
    version: int
    fits: bool
    steps: list[PlannedStep]


def statistics_of(found: statistics.Figures) -> SequenceStatisticsResponse:
    return SequenceStatisticsResponse(
        enrolled=found.enrolled,
        under_way=found.under_way,
        completed=found.completed,
        ended=[ReasonCount.model_validate(one) for one in found.ended],
        converted=RateOf.model_validate(found.converted),
        steps=[_step(one) for one in found.steps],
    )


def _step(one: statistics.StepFigures) -> StepFigures:
    is_message = one.step_type in (StepType.EMAIL, StepType.SMS)
    return StepFigures(
        step_key=one.step_key,
        step_name=one.step_name,
        step_type=one.step_type,
        step_order=one.step_order,
        due=one.due,
        done=one.done,
        failed=one.failed,
        skipped=[ReasonCount.model_validate(reason) for reason in one.skipped],
        booked=RateOf.model_validate(one.booked),
        messages=MessageFigures(sent=one.answers.sent, **_rates(one.answers.rates)) if is_message else None,
        variants=[
            VariantFigures(label=v.label, sent=v.answers.sent, **_rates(v.answers.rates))
            for v in one.variants
        ],
    )


def _rates(found: Mapping[str, rates.Rate]) -> dict[str, RateOf]:
    return {name: RateOf.model_validate(rate) for name, rate in found.items()}


def rehearsal(found: dry_run.DryRun) -> DryRunResponse:
    return DryRunResponse(
        sequence_id=found.sequence_id,
        lead_id=found.lead_id,
        version=found.version,
        fits=found.fits,
        steps=[_planned(one) for one in found.occasions],
    )


def _planned(one: dry_run.Occasion) -> PlannedStep:
    return PlannedStep(
        step_key=one.step.step_key,
        step_order=one.step.step_order,
        step_name=one.step.step_name,
        step_type=one.step.step_type,
        at=one.at,
        outcome=one.outcome,
        reason=one.reason,
        due_at=one.due_at,
        wait_reason=one.wait_reason,
        words=StepWords.model_validate(one.words) if one.words else None,
        problem=one.problem,
    )
