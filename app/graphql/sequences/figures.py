"""What became of a sequence's leads and of its steps, and rehearsals of it."""

from datetime import datetime
from uuid import UUID

from app.graphql.analytics.types import RateInterval, interval, number
from app.graphql.declare import value
from app.kernel import rates
from app.models.choices import StepType
from app.nurture import statistics
from app.workflows import dry_run


@value
class RateOf:
    """`won` of `n`, as a rate from 0 to 1 with its 95 % interval; null of nobody."""

    n: int
    won: int
    rate: float | None
    interval: RateInterval | None


@value
class ReasonCount:
    """How many, by the code of a reason."""

    reason: str
    count: int


@value
class MessageFigures:
    """Of the messages that were `sent`: how many a person opened, clicked in and answered, and after how
    many, the last step they had done, couples booked."""

    sent: int
    opened: RateOf
    clicked: RateOf
    replied: RateOf
    booked: RateOf


@value
class VariantFigures:
    """One text of a step: `label` A is the step's own."""

    label: str
    messages: MessageFigures


@value
class StepFigures:
    """One step over all versions, by its key; `stepOrder` is its place in the newest, null if it is not in
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


@value
class SequenceStatistics:
    """Who entered, is under way, took every step, ended before and why, and booked."""

    enrolled: int
    under_way: int
    completed: int
    ended: list[ReasonCount]
    converted: RateOf
    steps: list[StepFigures]


@value
class StepWords:
    """What a step would say: the subject of an e-mail or title of a task, the text, an e-mail's HTML."""

    subject: str | None
    text: str
    html: str | None


@value
class PlannedStep:
    """A step, when it would be taken, or its message leave (null: passed over on the way), what would become
    of it (`done`, `skipped`, `failed`, `held`, `ended`) and why not. `waitReason`: the code of why a message
    would leave later than `dueAt`. `problem`: why its words cannot be written."""

    step_key: UUID
    step_order: int
    step_name: str
    step_type: StepType
    at: datetime | None
    outcome: str
    reason: str | None
    due_at: datetime | None
    wait_reason: str | None
    words: StepWords | None
    problem: str | None


@value
class DryRun:
    """The whole calendar of a lead that entered now; `fits`: it would be taken in by itself."""

    sequence_id: UUID
    lead_id: UUID
    version: int
    fits: bool
    steps: list[PlannedStep]


def statistics_of(found: statistics.Figures) -> SequenceStatistics:
    return SequenceStatistics(
        enrolled=found.enrolled,
        under_way=found.under_way,
        completed=found.completed,
        ended=[ReasonCount(reason=one.reason, count=one.count) for one in found.ended],
        converted=_rate(found.converted),
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
        skipped=[ReasonCount(reason=why.reason, count=why.count) for why in one.skipped],
        booked=_rate(one.booked),
        messages=_messages(one.answers) if is_message else None,
        variants=[
            VariantFigures(label=text.label, messages=_messages(text.answers)) for text in one.variants
        ],
    )


def _messages(found: statistics.Answers) -> MessageFigures:
    told = {name: _rate(rate) for name, rate in found.rates.items()}
    return MessageFigures(sent=found.sent, **told)


def _rate(found: rates.Rate) -> RateOf:
    return RateOf(n=found.n, won=found.won, rate=number(found.rate), interval=interval(found.interval))


def rehearsal(found: dry_run.DryRun) -> DryRun:
    return DryRun(
        sequence_id=found.sequence_id,
        lead_id=found.lead_id,
        version=found.version,
        fits=found.fits,
        steps=[_planned(one) for one in found.occasions],
    )


def _planned(one: dry_run.Occasion) -> PlannedStep:
    said = one.words
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
        words=StepWords(subject=said.subject, text=said.text, html=said.html) if said else None,
        problem=one.problem,
    )
