"""A person's hand in a lead's sequences: pause, resume, skip, send now, end; and what is to come."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from app.graphql.context import Info
from app.graphql.declare import mutation, value
from app.graphql.leads.history import Message
from app.graphql.payload import Payload, row_of
from app.graphql.read import Rows
from app.graphql.sequences.types import Enrollment
from app.models import messaging
from app.models import nurture as models
from app.nurture.courses import Course
from app.nurture.engine.forecast import Planned
from app.nurture.retiming import Moved
from app.workflows.decide_message import Decision, decide_message
from app.workflows.end_enrollment import end_enrollment
from app.workflows.pause_enrollment import pause_enrollment
from app.workflows.resume_enrollment import resume_enrollment
from app.workflows.send_step_now import send_step_now
from app.workflows.skip_step import skip_step

AtStep = Annotated[
    UUID | None,
    strawberry.argument(description="The step you saw; if the lead is at another by now, nothing is done."),
]


@value
class StepToCome:
    """A step that is still to come: `at` is when it is taken, or its message leaves, and null where it is
    passed over; `reason` is a code where it is not taken, `waitReason` where its message leaves later than
    `dueAt`, for the hours and caps."""

    step_id: UUID
    step_name: str
    at: datetime | None
    reason: str | None
    due_at: datetime | None
    wait_reason: str | None


@value
class LeadCourse:
    """A sequence that the lead is in, and all that is still to come, as if nothing were held. A message that
    is written and has not left yet is `waitingMessageId`."""

    enrollment_id: UUID
    sequence_name: str
    is_paused: bool
    waiting_message_id: UUID | None
    steps: list[StepToCome]


@value
class StepMove:
    """A step to come that another wedding date would time anew; null is left out."""

    sequence_name: str
    step_name: str
    before: datetime | None
    after: datetime | None


def step_move(one: Moved) -> StepMove:
    return StepMove(
        sequence_name=one.sequence_name, step_name=one.step_name, before=one.before, after=one.after
    )


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


@value
class EnrollmentPayload(Payload):
    enrollment: Rows | None = strawberry.field(graphql_type=Enrollment | None, default=None)


@value
class MessagePayload(Payload):
    message_row: Rows | None = strawberry.field(
        graphql_type=Message | None, default=None, name="decidedMessage"
    )


@value
class EnrollmentMutations:
    @mutation
    def pause_enrollment(self, info: Info, id: UUID) -> EnrollmentPayload:
        """Hold the lead's place in a sequence: nothing of it happens until it is resumed."""
        pause_enrollment(info.context.actor, id)
        return _told(id, "Enrollment paused.")

    @mutation
    def resume_enrollment(self, info: Info, id: UUID) -> EnrollmentPayload:
        """Go on from there. What fell due meanwhile comes in the next moment of its window."""
        resume_enrollment(info.context.actor, id)
        return _told(id, "Enrollment resumed.")

    @mutation
    def end_enrollment(self, info: Info, id: UUID) -> EnrollmentPayload:
        """Take the lead out of the sequence; what waits is not sent."""
        end_enrollment(info.context.actor, id)
        return _told(id, "Enrollment ended.")

    @mutation
    def skip_step(self, info: Info, enrollment_id: UUID, step_id: AtStep = None) -> EnrollmentPayload:
        """Leave out the step that the lead is at, with its message if that is written and has not left."""
        skip_step(info.context.actor, enrollment_id, step_id)
        return _told(enrollment_id, "Step skipped.")

    @mutation
    def send_step_now(self, info: Info, enrollment_id: UUID, step_id: AtStep = None) -> EnrollmentPayload:
        """Take the step that the lead is at in this moment, whatever the hour; no opt-out is passed over."""
        send_step_now(info.context.actor, enrollment_id, step_id)
        return _told(enrollment_id, "Step taken.")

    @mutation
    def decide_message(self, info: Info, id: UUID, decision: Decision) -> MessagePayload:
        """Say yes or no to a message that waits for that."""
        decide_message(info.context.actor, id, decision)
        said = "Message approved." if decision is Decision.APPROVE else "Message rejected."
        return MessagePayload(success=True, message=said, message_row=row_of(messaging.Message, id))


def _told(enrollment_id: UUID, message: str) -> EnrollmentPayload:
    return EnrollmentPayload(
        success=True, message=message, enrollment=row_of(models.Enrollment, enrollment_id)
    )
