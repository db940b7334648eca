"""Sequences, their steps by published version, templates, and the leads enrolled in them."""

from datetime import datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ColumnElement,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    desc,
    func,
    or_,
    text,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from app.kernel.db import Base, Created, TenantRow, Updated, belongs_to_supplier, within_supplier
from app.models.choices import (
    Anchor,
    DelayUnit,
    EnrollmentStatus,
    MessageClass,
    Priority,
    SequenceType,
    StepType,
)
from app.models.leads import Lead

MOST_TEMPLATES = 200
"""Of one sort and one supplier."""


class EmailTemplate(TenantRow, Updated, Base):
    """An e-mail in Liquid: subject and HTML body; the text part is derived when it is absent."""

    __tablename__ = "email_templates"
    __table_args__ = (belongs_to_supplier(), Index(None, "supplier_id", "name", unique=True))

    name: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    content: Mapped[str]
    text_content: Mapped[str | None]


class SmsTemplate(TenantRow, Updated, Base):
    """A text message in Liquid."""

    __tablename__ = "sms_templates"
    __table_args__ = (belongs_to_supplier(), Index(None, "supplier_id", "name", unique=True))

    name: Mapped[str] = mapped_column(String(255))
    content: Mapped[str]


class TaskTemplate(TenantRow, Updated, Base):
    """A task to be made by a step; title and description are Liquid."""

    __tablename__ = "task_templates"
    __table_args__ = (belongs_to_supplier(), Index(None, "supplier_id", "name", unique=True))

    name: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None]
    due_in_days: Mapped[int] = mapped_column(server_default="1")
    priority: Mapped[Priority] = mapped_column(server_default=Priority.MEDIUM)


class NurtureSequence(TenantRow, Updated, Base):
    """A series of steps and which leads it takes in. Counters and rates equal a recount at any time."""

    __tablename__ = "nurture_sequences"
    __table_args__ = (
        belongs_to_supplier(),
        Index("ix_nurture_sequences_name", "supplier_id", "sequence_name", unique=True),
        Index("ix_nurture_sequences_active", "supplier_id", "is_active"),
    )

    sequence_name: Mapped[str] = mapped_column(String(255))
    sequence_description: Mapped[str | None]
    trigger_conditions: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    target_lead_status: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    target_lead_sources: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    target_score_range: Mapped[list[int | None]] = mapped_column(
        ARRAY(Integer), default=list, server_default="{}"
    )
    """[least, most], both included; null or missing is open."""
    is_active: Mapped[bool] = mapped_column(default=True, server_default="true")
    sequence_type: Mapped[SequenceType]
    priority_level: Mapped[int] = mapped_column(default=1, server_default="1")
    ends_on_reply: Mapped[bool] = mapped_column(default=True, server_default="true")
    halts_on_failure: Mapped[bool] = mapped_column(default=False, server_default="false")
    reentry_after_days: Mapped[int | None]
    """Null is never, 0 always."""
    published_version: Mapped[int] = mapped_column(default=1, server_default="1")
    """0: never published, so that it takes nobody in."""
    has_draft: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Its steps are being edited: those of version 0 are not what is published."""
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    """Goes up with every change that a person or a program makes, so that none overwrites another's."""
    total_enrollments: Mapped[int] = mapped_column(default=0, server_default="0")
    completion_rate: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0), server_default="0")
    conversion_rate: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0), server_default="0")
    ended_enrollments: Mapped[int] = mapped_column(default=0, server_default="0")
    ended_completion: Mapped[Decimal] = mapped_column(Numeric(14, 2), default=Decimal(0), server_default="0")
    """The sum of their completion rates: both rates follow from these three, however many enrollments."""
    ended_conversions: Mapped[int] = mapped_column(default=0, server_default="0")
    marked_to: Mapped[UUID | None]
    """The lead up to which the last hour looked for whom it wants; null: the next look begins anew."""


def asks_for_scores() -> ColumnElement[bool]:
    """Does a sequence take leads in by their score?"""
    ranged = func.cardinality(NurtureSequence.target_score_range) > 0
    return or_(ranged, NurtureSequence.trigger_conditions.has_any(array(["min_score", "max_score"])))


class SequenceVersion(TenantRow, Created, Base):
    """That a version was published, when and by whom; its steps are the rows of that version."""

    __tablename__ = "sequence_versions"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("sequence_id", "nurture_sequences", ondelete="CASCADE"),
        within_supplier("user_id", "memberships"),
        Index("ix_sequence_versions_number", "supplier_id", "sequence_id", "version", unique=True),
    )

    sequence_id: Mapped[UUID]
    version: Mapped[int]
    user_id: Mapped[UUID | None]
    summary: Mapped[str] = mapped_column(String(300), default="", server_default="")
    """What is different from the version before, in words."""


DRAFT = 0
"""The version of steps that are not published yet."""


class SequenceStep(TenantRow, Base):
    """A step of one version. Those of version 0 are the draft; others never change after publishing."""

    __tablename__ = "nurture_sequence_steps"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("sequence_id", "nurture_sequences", ondelete="CASCADE"),
        within_supplier("email_template_id", "email_templates"),
        within_supplier("sms_template_id", "sms_templates"),
        within_supplier("task_template_id", "task_templates"),
        CheckConstraint("send_days <@ array[1,2,3,4,5,6,7]", name="send_days"),
        CheckConstraint("delay_amount between -10000 and 10000", name="delay_amount"),
        CheckConstraint("max_lateness_hours between 1 and 720", name="max_lateness_hours"),
        Index(
            "ix_nurture_sequence_steps_order",
            "supplier_id",
            "sequence_id",
            "version",
            "step_order",
            unique=True,
        ),
    )

    sequence_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    step_key: Mapped[UUID] = mapped_column(default=uuid7, server_default=func.gen_random_uuid())
    """What the same step is called in every version: its figures are counted by it."""
    step_order: Mapped[int]
    step_name: Mapped[str] = mapped_column(String(255))
    step_type: Mapped[StepType]
    anchor: Mapped[Anchor] = mapped_column(default=Anchor.PREVIOUS_STEP, server_default=Anchor.PREVIOUS_STEP)
    delay_amount: Mapped[int]
    delay_unit: Mapped[DelayUnit]
    send_time: Mapped[time] = mapped_column(default=time(9), server_default="09:00:00")
    send_days: Mapped[list[int]] = mapped_column(
        ARRAY(Integer), default=lambda: [1, 2, 3, 4, 5], server_default="{1,2,3,4,5}"
    )
    message_class: Mapped[MessageClass] = mapped_column(
        default=MessageClass.FOLLOW_UP, server_default=MessageClass.FOLLOW_UP
    )
    email_template_id: Mapped[UUID | None]
    sms_template_id: Mapped[UUID | None]
    task_template_id: Mapped[UUID | None]
    step_content: Mapped[str | None]
    execution_conditions: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    branch_conditions: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    is_active: Mapped[bool] = mapped_column(default=True, server_default="true")
    max_lateness_hours: Mapped[int | None]
    """Later than this after it was due the step is skipped; null: as its kind of message has it."""
    runs_when_past: Mapped[bool] = mapped_column(default=False, server_default="false")
    """A dated step whose day is over is taken at once, not skipped."""
    needs_approval: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Its message waits until a person says yes."""


class StepVariant(TenantRow, Base):
    """Another text for an e-mail step; the step's own is variant A. Leads are spread evenly over them."""

    __tablename__ = "step_variants"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("step_id", "nurture_sequence_steps", ondelete="CASCADE"),
        within_supplier("email_template_id", "email_templates"),
        CheckConstraint("label ~ '^[B-E]$'", name="label"),
        Index("ix_step_variants_label", "supplier_id", "step_id", "label", unique=True),
    )

    step_id: Mapped[UUID]
    label: Mapped[str] = mapped_column(String(1))
    email_template_id: Mapped[UUID]


class Enrollment(TenantRow, Base):
    """A lead's way through one version of a sequence. `next_execution_at` of an active row is the queue."""

    __tablename__ = "lead_nurture_enrollments"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("lead_id", "leads", ondelete="CASCADE"),
        within_supplier("sequence_id", "nurture_sequences", ondelete="CASCADE"),
        within_supplier("current_step_id", "nurture_sequence_steps"),
        within_supplier("conversion_step_id", "nurture_sequence_steps"),
        Index(
            "ix_enrollments_live",
            "supplier_id",
            "lead_id",
            "sequence_id",
            unique=True,
            postgresql_where=text("status in ('active', 'paused')"),
        ),
        Index("ix_enrollments_lead", "supplier_id", "lead_id", "sequence_id"),
        Index("ix_enrollments_sequence", "supplier_id", "sequence_id", "status"),
        Index("ix_enrollments_newest", "supplier_id", "sequence_id", desc("enrollment_date"), desc("id")),
        Index(
            "ix_enrollments_due",
            "next_execution_at",
            postgresql_where=text("status = 'active' and next_execution_at is not null"),
            postgresql_include=["supplier_id", "id"],
        ),
        Index(
            "ix_enrollments_supplier_due",
            "supplier_id",
            "next_execution_at",
            postgresql_where=text("status = 'active' and next_execution_at is not null"),
        ),
    )

    lead_id: Mapped[UUID]
    sequence_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    enrollment_date: Mapped[datetime] = mapped_column(server_default=func.now())
    current_step_id: Mapped[UUID | None]
    next_execution_at: Mapped[datetime | None]
    """When the present step is looked at next; null while its message is under way."""
    due_at: Mapped[datetime | None]
    """When that step was due: its lateness counts from then, however long it was held or tried again."""
    status: Mapped[EnrollmentStatus] = mapped_column(
        default=EnrollmentStatus.ACTIVE, server_default=EnrollmentStatus.ACTIVE
    )
    completion_rate: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0), server_default="0")
    steps_completed: Mapped[int] = mapped_column(default=0, server_default="0")
    steps_skipped: Mapped[int] = mapped_column(default=0, server_default="0")
    steps_failed: Mapped[int] = mapped_column(default=0, server_default="0")
    emails_opened: Mapped[int] = mapped_column(default=0, server_default="0")
    emails_clicked: Mapped[int] = mapped_column(default=0, server_default="0")
    converted: Mapped[bool] = mapped_column(default=False, server_default="false")
    conversion_step_id: Mapped[UUID | None]
    paused_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(100))

    lead: Mapped[Lead] = relationship(lazy="raise", viewonly=True)
    sequence: Mapped[NurtureSequence] = relationship(lazy="raise", viewonly=True)
    current_step: Mapped[SequenceStep | None] = relationship(
        lazy="raise",
        viewonly=True,
        primaryjoin="and_(Enrollment.supplier_id == SequenceStep.supplier_id,"
        " foreign(Enrollment.current_step_id) == SequenceStep.id)",
    )


class StepDecision(TenantRow, Created, Base):
    """What was decided for a step of an enrollment and why: one row per decision, kept as the record.
    `ended`: the lead left the sequence at that step."""

    __tablename__ = "step_decisions"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("enrollment_id", "lead_nurture_enrollments", ondelete="CASCADE"),
        within_supplier("step_id", "nurture_sequence_steps", ondelete="CASCADE"),
        CheckConstraint("outcome in ('done', 'skipped', 'retry', 'failed', 'ended')", name="outcome"),
        Index(
            "ix_step_decisions_final",
            "supplier_id",
            "enrollment_id",
            "step_id",
            unique=True,
            postgresql_where=text("outcome <> 'retry'"),
        ),
        Index("ix_step_decisions_step", "supplier_id", "step_id", "outcome"),
    )

    enrollment_id: Mapped[UUID]
    step_id: Mapped[UUID]
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(100))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    decided_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lateness_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    note: Mapped[str | None] = mapped_column(Text)
