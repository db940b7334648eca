"""What `/api/enrollments` and a lead's courses and decisions take and answer."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.kernel.paging import LONGEST
from app.kernel.schema import Schema
from app.models import nurture as models
from app.models.choices import MessageState
from app.nurture.courses import Course
from app.nurture.engine.forecast import Planned
from app.rest.shapes.base import Shape
from app.rest.shapes.sequence_figures import Enrollment
from app.workflows.decide_message import Decision


class AtStep(Schema):
    """The step that the lead is at, as you saw it: if it is at another by now, nothing is done. Without one,
    whichever the lead is at."""

    step_id: UUID | None = None


class DecisionRequest(Schema):
    decision: Decision


class EnrollmentResponse(Shape):
    success: bool = True
    enrollment: Enrollment
    message: str


class DecidedResponse(Shape):
    success: bool = True
    message_id: UUID
    state: MessageState
    message: str


class StepToCome(Shape):
    """A step that is still to come: `at` is when it is taken, or its message leaves; without a time it is
    passed over, with a reason it is not taken. `wait_reason`: why its message leaves later than `due_at`."""

    step_id: UUID
    step_name: str
    at: datetime | None
    reason: str | None
    due_at: datetime | None
    wait_reason: str | None


class LeadCourse(Shape):
    """A sequence that the lead is in and all that is still to come, as if nothing were held."""

    enrollment_id: UUID
    sequence_name: str
    is_paused: bool
    waiting_message_id: UUID | None
    steps: list[StepToCome]


class CoursesResponse(Shape):
    courses: list[LeadCourse]


class WeddingQuery(Schema):
    """The day that the wedding would be on; without one, not known."""

    wedding_date: date | None = None


class StepMove(Shape):
    """A step to come that another wedding date would time anew; null is left out."""

    sequence_name: str
    step_name: str
    before: datetime | None
    after: datetime | None


class WeddingMovesResponse(Shape):
    moves: list[StepMove]


class DecisionsQuery(Schema):
    """A page of decisions; `after` is `next` of the page before."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    after: Annotated[str, Field(max_length=LONGEST)] | None = None


class StepDecision(Shape):
    """What became of a step: done, skipped, retry or failed, and the code of why."""

    id: UUID
    enrollment_id: UUID
    sequence_name: str
    step_name: str
    outcome: str
    reason: str | None
    decided_at: datetime
    lateness_seconds: int


class DecisionsResponse(Shape):
    decisions: list[StepDecision]
    next: str | None


def course(one: Course) -> LeadCourse:
    return LeadCourse(
        enrollment_id=one.enrollment.id,
        sequence_name=one.sequence_name,
        is_paused=one.is_paused,
        waiting_message_id=one.waiting.id if one.waiting else None,
        steps=[_to_come(planned) for planned in one.planned],
    )


def _to_come(planned: Planned) -> StepToCome:
    step = planned.step
    return StepToCome(
        step_id=step.id,
        step_name=step.name,
        at=planned.at,
        reason=planned.reason,
        due_at=planned.due_at,
        wait_reason=planned.wait_reason,
    )


def decision(
    row: models.StepDecision, step: models.SequenceStep, sequence: models.NurtureSequence
) -> StepDecision:
    return StepDecision(
        id=row.id,
        enrollment_id=row.enrollment_id,
        sequence_name=sequence.sequence_name,
        step_name=step.step_name,
        outcome=row.outcome,
        reason=row.reason,
        decided_at=row.decided_at,
        lateness_seconds=row.lateness_seconds,
    )
