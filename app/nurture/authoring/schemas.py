"""What may be written of sequences, their steps and variants. Bounds are those of the columns."""

import re
from datetime import time
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.kernel.schema import Distinct, JsonObject, Label, LongText, Name, Patch, PatchSchema, Schema
from app.models.choices import Anchor, DelayUnit, LeadStatus, MessageClass, SequenceType, StepType

MOST_SEQUENCES = 200
"""Of one supplier."""
MOST_STEPS = 50
"""Of one version."""
MOST_BRANCHES = 10
"""Of one step."""
MOST_VARIANTS = 4
"""Beside the step's own text."""


def _wall_time(value: Any) -> Any:
    """Pydantic would take a number for seconds since midnight, an offset, and parts of a second."""
    if isinstance(value, time) and value.tzinfo is None and not value.microsecond:
        return value
    if isinstance(value, str) and re.fullmatch(r"\s*[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?\s*", value):
        return value.strip()
    raise PydanticCustomError("time_parsing", "write a time of day as HH:MM, such as 09:30")


def _each_once(variants: "list[VariantWrite]") -> "list[VariantWrite]":
    if len({one.label for one in variants}) < len(variants):
        raise ValueError("each label stands for one variant")
    return variants


SequenceName = Annotated[Name, Field(min_length=1)]
StepName = Annotated[Name, Field(min_length=1)]
Statuses = Annotated[list[LeadStatus], Field(max_length=10), Distinct]
Sources = Annotated[list[Label], Field(max_length=50), Distinct]
Score = Annotated[int, Field(ge=0, le=100)]
ScoreRange = Annotated[list[Score | None], Field(max_length=2)]
PriorityLevel = Annotated[int, Field(ge=1, le=10)]
ReentryDays = Annotated[int, Field(ge=0, le=3650)]
Delay = Annotated[int, Field(ge=-10_000, le=10_000)]
WallTime = Annotated[
    time,
    BeforeValidator(_wall_time),
    WithJsonSchema({"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?$"}),
]
Weekday = Annotated[int, Field(ge=1, le=7)]
SendDays = Annotated[list[Weekday], Field(max_length=7), Distinct, AfterValidator(sorted)]
Lateness = Annotated[int, Field(ge=1, le=720)]
Place = Annotated[int, Field(ge=1, le=MOST_STEPS)]
VariantLabel = Annotated[str, Field(pattern="^[B-E]$")]
Revision = Annotated[int, Field(ge=0, le=2**31 - 1)]


class VariantWrite(Schema):
    """Another text for an e-mail step, B to E; the step's own is A. Leads are spread evenly over them."""

    label: VariantLabel
    email_template_id: UUID


Variants = Annotated[list[VariantWrite], Field(max_length=MOST_VARIANTS), AfterValidator(_each_once)]


class StepWrite(Schema):
    """A whole step: `delay_amount` units after the anchor, then at `send_time` on one of `send_days` (1 is
    Monday; none is any day). Without `step_order` it comes last; with it, the others make room.

    An e-mail step names an `email_template_id`, an SMS step an `sms_template_id` and, to fall back to, an
    `email_template_id`; a call or task a `task_template_id`, or says in `step_content` what is to do:
    `{"title": "Ring", "description": "…", "due_in_days": 2, "priority": "high", "assigned_to": "…"}`. Of the
    others `step_content` is JSON: `{"points": 5, "reason": "Still here"}`, `{"status": "contacted"}`,
    `{"add": ["warm"], "remove": []}`. `branch_conditions` are `{"branches": [{"if": {…}, "then": 4}]}`: go
    on with the step of that order, one behind this one."""

    step_name: StepName
    step_type: StepType
    step_order: Place | None = None
    anchor: Anchor = Anchor.PREVIOUS_STEP
    delay_amount: Delay = 0
    delay_unit: DelayUnit = DelayUnit.DAYS
    send_time: WallTime = time(9)
    send_days: SendDays = Field(default_factory=lambda: [1, 2, 3, 4, 5])
    message_class: MessageClass = MessageClass.FOLLOW_UP
    email_template_id: UUID | None = None
    sms_template_id: UUID | None = None
    task_template_id: UUID | None = None
    step_content: LongText | None = None
    execution_conditions: JsonObject = Field(default_factory=dict)
    branch_conditions: JsonObject = Field(default_factory=dict)
    is_active: bool = True
    max_lateness_hours: Lateness | None = None
    runs_when_past: bool = False
    needs_approval: bool = False
    variants: Variants = Field(default_factory=list)


class StepPatch(PatchSchema):
    """Changes of a step: what is absent stays, null clears. `variants` are all of them."""

    step_name: Patch[StepName]
    step_type: Patch[StepType]
    anchor: Patch[Anchor]
    delay_amount: Patch[Delay]
    delay_unit: Patch[DelayUnit]
    send_time: Patch[WallTime]
    send_days: Patch[SendDays]
    message_class: Patch[MessageClass]
    email_template_id: Patch[UUID]
    sms_template_id: Patch[UUID]
    task_template_id: Patch[UUID]
    step_content: Patch[LongText]
    execution_conditions: Patch[JsonObject]
    branch_conditions: Patch[JsonObject]
    is_active: Patch[bool]
    max_lateness_hours: Patch[Lateness]
    runs_when_past: Patch[bool]
    needs_approval: Patch[bool]
    variants: Patch[Variants]


class StepOrder(Schema):
    """The steps by their keys, in the order in which they are taken; the others keep theirs, behind these."""

    step_keys: Annotated[list[UUID], Field(min_length=1, max_length=MOST_STEPS), Distinct]


class SequenceCreate(Schema):
    """A sequence, with its steps if it is to have some at once. It takes in leads that are in one of
    `target_lead_status` (none: any open one), came by one of `target_lead_sources`, score within
    `target_score_range` ([least, most], null is open) and fulfil `trigger_conditions`; a lead that left it
    again after `reentry_after_days` (null: never, 0: always). It runs once it is published."""

    sequence_name: SequenceName
    sequence_description: LongText | None = None
    sequence_type: SequenceType
    trigger_conditions: JsonObject = Field(default_factory=dict)
    target_lead_status: Statuses = Field(default_factory=list)
    target_lead_sources: Sources = Field(default_factory=list)
    target_score_range: ScoreRange = Field(default_factory=list)
    is_active: bool = True
    priority_level: PriorityLevel = 1
    ends_on_reply: bool = True
    halts_on_failure: bool = False
    reentry_after_days: ReentryDays | None = None
    steps: Annotated[list[StepWrite], Field(max_length=MOST_STEPS)] = Field(default_factory=list)
    publish: bool = False


class SequencePatch(PatchSchema):
    """Changes of a sequence's settings, which hold at once: what is absent stays, null clears."""

    sequence_name: Patch[SequenceName]
    sequence_description: Patch[LongText]
    sequence_type: Patch[SequenceType]
    trigger_conditions: Patch[JsonObject]
    target_lead_status: Patch[Statuses]
    target_lead_sources: Patch[Sources]
    target_score_range: Patch[ScoreRange]
    is_active: Patch[bool]
    priority_level: Patch[PriorityLevel]
    ends_on_reply: Patch[bool]
    halts_on_failure: Patch[bool]
    reentry_after_days: Patch[ReentryDays]


class SequenceCopy(Schema):
    """What the copy is called; “Copy of …” unless it is said."""

    sequence_name: SequenceName | None = None
