"""What an editor of sequences is told: problems, differences, where leads would move, ready-made ones."""

from uuid import UUID

from strawberry.utils.str_converters import to_camel_case

from app.graphql.declare import value
from app.graphql.errors import path
from app.models.choices import SequenceType, Trade
from app.nurture.authoring import differences, moving
from app.nurture.checks import Problem
from app.nurture.ready_made.shape import ReadyMade


@value
class SequenceProblem:
    """What is wrong, and where: `field` of the step, or of the sequence when `stepKey` is null. A warning
    stands in nobody's way."""

    field: str
    code: str
    message: str
    step_key: UUID | None
    step_order: int | None
    is_warning: bool


@value
class StepChange:
    """A field that differs, and its values in words."""

    field: str
    label: str
    before: str
    after: str


@value
class StepDifference:
    """What became of one step: `added`, `removed`, `moved`, or `changed`, which may have moved as well."""

    kind: str
    step_key: UUID
    step_name: str
    order_before: int | None
    order_after: int | None
    changes: list[StepChange]


@value
class MoveGroup:
    """Leads at one step of an older version. `moves` of them would go to `toStep` (null: they are through),
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


@value
class SequenceMoves:
    """Who is under way in older versions, and where they would go in the newest, `version`."""

    version: int
    groups: list[MoveGroup]


@value
class ReadyMadeSequence:
    """A sequence to begin with, for `takeReadyMadeSequence`; `steps` are their names."""

    key: str
    trade: Trade
    sequence_type: SequenceType
    name: str
    about: str
    steps: list[str]


def problem(found: Problem) -> SequenceProblem:
    return SequenceProblem(
        field=path(found.field),
        code=found.code,
        message=found.message,
        step_key=found.step_key,
        step_order=found.step_order,
        is_warning=found.is_warning,
    )


def difference(found: differences.Difference) -> StepDifference:
    return StepDifference(
        kind=found.kind,
        step_key=found.step_key,
        step_name=found.step_name,
        order_before=found.order_before,
        order_after=found.order_after,
        changes=[
            StepChange(field=to_camel_case(one.field), label=one.label, before=one.before, after=one.after)
            for one in found.changes
        ],
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
