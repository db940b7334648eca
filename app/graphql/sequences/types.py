"""Sequences, their steps and templates, and the leads' ways through them."""

from datetime import datetime, time
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry
from sqlalchemy import case, exists, func, or_, select
from strawberry.scalars import JSON

from app.graphql.accounts.types import Member
from app.graphql.paging import After, Connection, First
from app.graphql.read import Rows, expression, many, one, page, record, row, top
from app.kernel.keyset import Order
from app.models import accounts, leads
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
from app.nurture.authoring.schemas import MOST_SEQUENCES

if TYPE_CHECKING:
    from app.graphql.leads.types import Lead

Most = Annotated[int | None, strawberry.argument(description="At most this many, from 1 to 200.")]
BY_NAME = Order(
    "sequence_name", models.NurtureSequence.sequence_name, models.NurtureSequence.id, descending=False
)
BY_LABEL = Order("label", models.StepVariant.label, models.StepVariant.id, descending=False)
NEWEST_VERSION = Order("-version", models.SequenceVersion.version, models.SequenceVersion.id)
NEWEST_ENROLLMENT = Order("-enrollment_date", models.Enrollment.enrollment_date, models.Enrollment.id)
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


@row(models.StepVariant)
class StepVariant:
    """Another text of an e-mail step; the step's own is A."""

    label: str
    email_template: EmailTemplate = one(models.EmailTemplate, "email_template_id")


@row(models.SequenceStep)
class SequenceStep:
    """A step of one version of a sequence; version 0 is the draft."""

    id: UUID
    step_key: UUID = strawberry.field(description="What the same step is called in every version.")
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
    max_lateness_hours: int | None = strawberry.field(
        description="Later than this it is skipped; null: as its kind of message has it."
    )
    runs_when_past: bool = strawberry.field(description="A dated step whose day is over is taken at once.")
    needs_approval: bool = strawberry.field(description="Its message waits until a person says yes.")

    @many(list[StepVariant], "step_id")
    def variants(self, first: First = 4) -> Rows:
        """By label, from B."""
        return top(BY_LABEL, first)


@row(models.SequenceVersion)
class SequenceVersion:
    """A version that was published. Its steps never change."""

    version: int
    summary: str = strawberry.field(description="What is different from the version before, in words.")
    by: Member | None = one(accounts.Membership, "user_id", "Null: a program, or nobody.")
    created_at: datetime
    enrollments: int = expression(
        lambda version: (
            select(func.count(models.Enrollment.id))
            .where(
                models.Enrollment.supplier_id == version.supplier_id,
                models.Enrollment.sequence_id == version.sequence_id,
                models.Enrollment.version == version.version,
                or_(
                    models.Enrollment.status == EnrollmentStatus.ACTIVE,
                    models.Enrollment.status == EnrollmentStatus.PAUSED,
                ),
            )
            .scalar_subquery()
        ),
        "How many are under way in it.",
    )

    @many(
        list[SequenceStep],
        lambda version, step: (
            (step.supplier_id == version.supplier_id)
            & (step.sequence_id == version.sequence_id)
            & (step.version == version.version)
        ),
    )
    def steps(self, first: First = 50) -> Rows:
        """In order."""
        return top(IN_ORDER, first)


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
    published_version: int = strawberry.field(description="0: never published.")
    has_draft: bool = strawberry.field(description="Are its steps being edited?")
    revision: int = strawberry.field(description="Goes up with every change.")
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
            & (step.version != models.DRAFT)
        ),
    )
    def steps(self, first: First = 25) -> Rows:
        """The steps of the published version, in order."""
        return top(IN_ORDER, first)

    @many(
        list[SequenceStep],
        lambda sequence, step: (
            (step.supplier_id == sequence.supplier_id)
            & (step.sequence_id == sequence.id)
            & (step.version == case((sequence.has_draft, models.DRAFT), else_=sequence.published_version))
        ),
    )
    def edited_steps(self, first: First = 50) -> Rows:
        """The steps as an editor sees them, in order: the draft if there is one, else what is published."""
        return top(IN_ORDER, first)

    @many(Connection[SequenceVersion], "sequence_id")
    def versions(self, first: First = None, after: After = None) -> Rows:
        """What was published, the newest first."""
        return page(NEWEST_VERSION, first, after)

    @many(Connection[Annotated["Enrollment", strawberry.lazy("app.graphql.sequences.types")]], "sequence_id")
    def enrollments(
        self, first: First = None, after: After = None, status: EnrollmentStatus | None = None
    ) -> Rows:
        """Who is or was in it, the newest first."""
        chosen = () if status is None else (models.Enrollment.status == status,)
        return page(NEWEST_ENROLLMENT, first, after, *chosen)


@row(models.Enrollment)
class Enrollment:
    """A lead's way through one version of a sequence. Its rate is a percentage, from 0 to 100."""

    id: UUID
    lead_id: UUID
    lead: Annotated["Lead", strawberry.lazy("app.graphql.leads.types")] = one(leads.Lead, "lead_id")
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
    paused_at: datetime | None
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
    def sequences(self, first: Most = 100, is_active: bool | None = None) -> Rows:
        """By name; there are at most 200."""
        chosen = () if is_active is None else (models.NurtureSequence.is_active.is_(is_active),)
        return top(BY_NAME, first, *chosen, most=MOST_SEQUENCES)
