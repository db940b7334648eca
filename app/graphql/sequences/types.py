"""Sequences, their steps and templates, and the leads' ways through them."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import exists, func, select
from strawberry.scalars import JSON

from app.graphql.declare import field, value
from app.graphql.paging import First
from app.graphql.read import Rows, expression, many, one, record, row, top
from app.kernel.keyset import Order
from app.models import nurture as models
from app.models.choices import (
    Anchor,
    DelayUnit,
    EnrollmentStatus,
    MessageClass,
    Priority,
    SequenceType,
    StepType,
)

BY_NAME = Order(
    "sequence_name", models.NurtureSequence.sequence_name, models.NurtureSequence.id, descending=False
)
IN_ORDER = Order("step_order", models.SequenceStep.step_order, models.SequenceStep.id, descending=False)


@row(models.EmailTemplate)
class EmailTemplate:
    """An e-mail in Liquid."""

    id: UUID
    name: str
    subject: str
    content: str
    text_content: str | None
    created_at: datetime
    updated_at: datetime


@row(models.SmsTemplate)
class SmsTemplate:
    """A text message in Liquid."""

    id: UUID
    name: str
    content: str
    created_at: datetime
    updated_at: datetime


@row(models.TaskTemplate)
class TaskTemplate:
    """A task that a step makes; title and description are Liquid."""

    id: UUID
    name: str
    title: str
    description: str | None
    due_in_days: int
    priority: Priority
    created_at: datetime
    updated_at: datetime


@row(models.SequenceStep)
class SequenceStep:
    """A step of one published version of a sequence."""

    id: UUID
    version: int
    step_order: int
    step_name: str
    step_type: StepType
    anchor: Anchor
    delay_amount: int
    delay_unit: DelayUnit
    send_time: time
    send_days: list[int]
    message_class: MessageClass
    email_template: EmailTemplate | None = one(models.EmailTemplate, "email_template_id")
    sms_template: SmsTemplate | None = one(models.SmsTemplate, "sms_template_id")
    task_template: TaskTemplate | None = one(models.TaskTemplate, "task_template_id")
    step_content: str | None
    execution_conditions: JSON
    branch_conditions: JSON
    is_active: bool


@row(models.NurtureSequence)
class NurtureSequence:
    """A series of steps, and which leads it takes in. Rates are percentages, from 0 to 100."""

    id: UUID
    supplier_id: UUID
    sequence_name: str
    sequence_description: str | None
    trigger_conditions: JSON
    target_lead_status: list[str]
    target_lead_sources: list[str]
    target_score_range: list[int | None]
    is_active: bool
    sequence_type: SequenceType
    priority_level: int
    ends_on_reply: bool
    halts_on_failure: bool
    reentry_after_days: int | None
    published_version: int
    total_enrollments: int
    completion_rate: float
    conversion_rate: float
    created_at: datetime
    updated_at: datetime

    @many(
        list[SequenceStep],
        lambda sequence, step: (
            (step.supplier_id == sequence.supplier_id)
            & (step.sequence_id == sequence.id)
            & (step.version == sequence.published_version)
        ),
    )
    def steps(self, first: First = 25) -> Rows:
        """The steps of the published version, in order."""
        return top(IN_ORDER, first)


@row(models.Enrollment)
class Enrollment:
    """A lead's way through one version of a sequence. Its rate is a percentage, from 0 to 100."""

    id: UUID
    lead_id: UUID
    sequence: NurtureSequence = one(models.NurtureSequence, "sequence_id")
    version: int
    enrollment_date: datetime
    current_step: SequenceStep | None = one(models.SequenceStep, "current_step_id")
    next_execution_at: datetime | None
    status: EnrollmentStatus
    completion_rate: float
    steps_completed: int
    steps_skipped: int
    emails_opened: int
    emails_clicked: int
    converted: bool
    conversion_step: SequenceStep | None = one(models.SequenceStep, "conversion_step_id")
    ended_at: datetime | None
    end_reason: str | None


_HAS_ENDED = exists().where(
    models.Enrollment.supplier_id == models.NurtureSequence.supplier_id,
    models.Enrollment.sequence_id == models.NurtureSequence.id,
    models.Enrollment.ended_at.is_not(None),
)


@record
class NurtureSequences:
    """The sequences of the supplier."""

    total_sequences: int = expression(
        lambda _: select(func.count(models.NurtureSequence.id)).scalar_subquery()
    )
    active_enrollments: int = expression(
        lambda _: (
            select(func.count(models.Enrollment.id))
            .where(models.Enrollment.status == EnrollmentStatus.ACTIVE)
            .scalar_subquery()
        )
    )
    average_completion_rate: float | None = expression(
        lambda _: (
            select(func.round(func.avg(models.NurtureSequence.completion_rate), 2))
            .where(_HAS_ENDED)
            .scalar_subquery()
        ),
        "In per cent, over the sequences that a lead has been through; null when there is none.",
    )

    @many(list[NurtureSequence], None)
    def sequences(self, first: First = 100, is_active: bool | None = None) -> Rows:
        """By name."""
        chosen = () if is_active is None else (models.NurtureSequence.is_active.is_(is_active),)
        return top(BY_NAME, first, *chosen)


@value
class SequenceQueries:
    @field(NurtureSequences)
    def nurture_sequences(self) -> Rows:
        """The sequences that follow leads up."""
        return Rows(standing=True)
