"""Sequences as the specification has them, their steps, versions, and what is wrong with them."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, PlainSerializer

from app.kernel.paging import MOST
from app.kernel.schema import Schema
from app.models import nurture as models
from app.models.choices import Anchor, DelayUnit, MessageClass, SequenceType, StepType, Trade
from app.nurture.authoring import moving
from app.nurture.authoring.rows import COLUMNS, Written
from app.nurture.authoring.schemas import Revision
from app.nurture.ready_made.shape import ReadyMade
from app.rest.shapes.base import JsonObject, Number, Shape

WallTime = Annotated[time, PlainSerializer(time.isoformat, return_type=str)]
"""Without an offset, so that it is no `time` of RFC 3339."""
Percentage = Annotated[Number, Field(description="From 0 to 100.")]


class NurtureSequence(Shape):
    """A series of steps, and which leads it takes in.

    `published_version` 0: never published. `has_draft`: its steps are being edited. `revision` goes up with
    every change.
    """

    id: UUID
    supplier_id: UUID
    sequence_name: str
    sequence_description: str | None
    trigger_conditions: JsonObject
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
    has_draft: bool
    revision: int
    total_enrollments: int
    completion_rate: Percentage
    conversion_rate: Percentage
    created_at: datetime
    updated_at: datetime


class NurtureSequencesResponse(Shape):
    """All sequences, at most 200, by name; the average is over those that a lead has been through."""

    sequences: list[NurtureSequence]
    active_enrollments: int
    total_sequences: int
    average_completion_rate: Percentage | None


class StepVariant(Shape):
    """Another text of an e-mail step; the step's own is A."""

    label: str
    email_template_id: UUID


class SequenceStep(Shape):
    """A step. `step_key` is what it is called in every version, and `step_id` in addresses; `id` is that of
    this version alone. `version` 0 is the draft."""

    id: UUID
    sequence_id: UUID
    step_key: UUID
    version: int
    step_order: int
    step_name: str
    step_type: StepType
    anchor: Anchor
    delay_amount: int
    delay_unit: DelayUnit
    send_time: WallTime
    send_days: list[int]
    message_class: MessageClass
    email_template_id: UUID | None
    sms_template_id: UUID | None
    task_template_id: UUID | None
    step_content: str | None
    execution_conditions: JsonObject
    branch_conditions: JsonObject
    is_active: bool
    max_lateness_hours: int | None
    runs_when_past: bool
    needs_approval: bool
    variants: list[StepVariant]


class SequenceStepsResponse(Shape):
    """The steps of one version, in order."""

    steps: list[SequenceStep]


class SequenceDetail(SequenceStepsResponse):
    """A sequence with its steps as an editor sees them: the draft if there is one, else what is published."""

    sequence: NurtureSequence


class SequenceResponse(SequenceDetail):
    """The sequence and its steps as they are now, and the key of the step that was written, if one was."""

    success: Literal[True] = True
    step_key: UUID | None
    message: str


class SequenceDeleteResponse(Shape):
    """`archived`: leads have been in it, so that it is switched off and kept. `ended` of them left at once,
    `left` leave in the background."""

    success: Literal[True] = True
    sequence_id: UUID
    archived: bool
    ended: int
    left: int
    message: str


class EndResponse(Shape):
    """`ended` left the sequence at once; `left` leave in the background."""

    success: Literal[True] = True
    sequence_id: UUID
    ended: int
    left: int
    message: str


class SequenceProblem(Shape):
    """What is wrong, and where: `field` of the step, or of the sequence when `step_key` is null. A warning
    stands in nobody's way."""

    field: str
    code: str
    message: str
    step_key: UUID | None
    step_order: int | None
    is_warning: bool


class SequenceProblemsResponse(Shape):
    """Everything that is wrong with the sequence as it is being edited."""

    problems: list[SequenceProblem]
    can_be_published: bool


class PublishResponse(Shape):
    """The version since, what is different in it, and what is worth a look. An unchanged draft makes none."""

    success: Literal[True] = True
    version: int
    revision: int
    summary: str
    warnings: list[SequenceProblem]
    message: str


class RevisionQuery(Schema):
    """The revision that the writer saw; if it is another by now, nothing is done (412)."""

    revision: Revision | None = None


class StepsQuery(Schema):
    """Of which version; without one, the steps as an editor sees them."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class VersionsQuery(Schema):
    """How many versions, and before which one."""

    limit: Annotated[int, Field(ge=1, le=MOST)] = 25
    before: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class SequenceVersion(Shape):
    """A version that was published; `by` is whoever did, null for a program. `enrollments` are under way in
    it."""

    version: int
    summary: str
    created_at: datetime
    by: str | None
    enrollments: int


class SequenceVersionsResponse(Shape):
    """The versions, the newest first."""

    versions: list[SequenceVersion]


class DifferencesQuery(Schema):
    """Of which version, and to which one; 0 is the draft."""

    before: Annotated[int, Field(ge=0, le=2**31 - 1)]
    after: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class StepChange(Shape):
    """A field that differs, and its values in words."""

    field: str
    label: str
    before: str
    after: str


class StepDifference(Shape):
    """What became of one step: `added`, `removed`, `moved`, or `changed`, which may have moved as well."""

    kind: str
    step_key: UUID
    step_name: str
    order_before: int | None
    order_after: int | None
    changes: list[StepChange]


class SequenceDifferencesResponse(Shape):
    """What is otherwise, by place."""

    differences: list[StepDifference]


class MoveGroup(Shape):
    """Leads at one step of an older version. `moves` of them would go to `to_step` (null: they are through),
    past the `missed` steps. `waiting` ones have a message under way and stay until that is settled; with
    `repeated` steps, which would come again, all stay."""

    version: int
    step_key: UUID | None
    step_name: str
    count: int
    moves: int
    waiting: int
    to_step: str | None
    missed: list[str]
    repeated: list[str]


class MovesResponse(Shape):
    """Who is under way in older versions, and where they would go in the newest, `version`."""

    version: int
    groups: list[MoveGroup]


class MoveRequest(Schema):
    """The newest version, as the preview had it."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]


class MoveResponse(Shape):
    """`moved` at once; `left` are moved in the background; `staying` stay where they are."""

    success: Literal[True] = True
    version: int
    moved: int
    left: int
    staying: int
    message: str


class ReadyMadeSequence(Shape):
    """A sequence to begin with; `steps` are their names."""

    key: str
    trade: Trade
    sequence_type: SequenceType
    name: str
    about: str
    steps: list[str]


class ReadyMadeSequencesResponse(Shape):
    """Every ready-made sequence: six for each trade."""

    sequences: list[ReadyMadeSequence]


class TakeReadyMadeSequence(Schema):
    """Which one."""

    key: Annotated[str, Field(min_length=1, max_length=100)]


def sequence(row: models.NurtureSequence) -> NurtureSequence:
    return NurtureSequence.model_validate(row)


def steps(found: Sequence[Written]) -> list[SequenceStep]:
    return [_step(one) for one in found]


def _step(one: Written) -> SequenceStep:
    row = one.row
    return SequenceStep(
        id=row.id,
        sequence_id=row.sequence_id,
        step_key=row.step_key,
        version=row.version,
        step_order=row.step_order,
        variants=[StepVariant(label=label, email_template_id=key) for label, key in one.variants.items()],
        **{name: getattr(row, name) for name in COLUMNS},
    )


def group(found: moving.Group) -> MoveGroup:
    route = found.route
    return MoveGroup(
        version=found.version,
        step_key=found.step.key,
        step_name=found.step.name,
        count=found.count,
        moves=found.moves,
        waiting=found.waiting,
        to_step=route.target.name if route.target else None,
        missed=[step.name for step in route.missed],
        repeated=[step.name for step in route.repeated],
    )


def ready_made(found: ReadyMade) -> ReadyMadeSequence:
    return ReadyMadeSequence(
        key=found.key,
        trade=found.trade,
        sequence_type=found.sequence_type,
        name=found.name,
        about=found.about,
        steps=[str(step.said["step_name"]) for step in found.steps],
    )
