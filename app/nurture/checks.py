"""What is wrong with a sequence, each problem with its place and its reason.

Saving refuses what is wrong within one step or one setting; what is only not said yet may wait until the
sequence is published (`publishable.py`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from app.kernel.errors import FieldError, InvalidInput
from app.kernel.schema import Schema
from app.models.choices import Channel, LeadStatus, MessageClass, StepType
from app.models.nurture import NurtureSequence, SequenceStep
from app.nurture.authoring.schemas import MOST_BRANCHES
from app.nurture.engine import conditions as engine
from app.nurture.engine.advance import DATED
from app.nurture.engine.facts import OPEN
from app.nurture.schemas import BranchContent, ScoreContent, StatusContent, TagsContent, TaskContent, is_json

FARTHEST = timedelta(days=3660)
"""From what a step counts from."""
TEXTING = time(8), time(20)
"""Text messages go out between these wall times alone."""
NO_LEAD = frozenset({LeadStatus.SPAM, LeadStatus.DUPLICATE})
MESSAGES: Mapping[StepType, Channel] = {StepType.EMAIL: Channel.EMAIL, StepType.SMS: Channel.SMS}
TASKS = frozenset({StepType.PHONE_CALL, StepType.TASK_CREATION})
_BOUNDS: Mapping[str, tuple[int | None, int | None]] = {
    "score": (0, 100),
    "days_since_inquiry": (0, None),
    "days_since_contact": (0, None),
}
_CONTENT: Mapping[StepType, type[Schema]] = {
    StepType.SCORE_ADJUSTMENT: ScoreContent,
    StepType.STATUS_CHANGE: StatusContent,
    StepType.TAG_ASSIGNMENT: TagsContent,
}
_TEMPLATES: Mapping[str, frozenset[StepType]] = {
    "email_template_id": frozenset(MESSAGES),
    "sms_template_id": frozenset({StepType.SMS}),
    "task_template_id": TASKS,
}


@dataclass(frozen=True)
class Problem:
    """`field` of the step, or of the sequence when `step_key` is null. A warning stands in nobody's way."""

    field: str
    code: str
    message: str
    step_key: UUID | None = None
    step_order: int | None = None
    is_warning: bool = False


@dataclass(frozen=True)
class Flaw:
    """A problem before its step is named."""

    field: str
    code: str
    message: str


def refuse(problems: Iterable[Problem]) -> None:
    """InvalidInput that names every problem but warnings; a step by its place, `steps.0` first."""
    found = [FieldError(_path(one), one.code, one.message) for one in problems if not one.is_warning]
    if found:
        raise InvalidInput(found[0].message, fields=found)


def refuse_step(step: SequenceStep, variants: int = 0) -> None:
    """InvalidInput that names the step's own fields."""
    found = [FieldError(one.field, one.code, one.message) for one in step_flaws(step, variants)]
    if found:
        raise InvalidInput(found[0].message, fields=found)


def _path(problem: Problem) -> str:
    if problem.step_order is None:
        return problem.field
    return f"steps.{problem.step_order - 1}.{problem.field}".removesuffix(".")


def settings_flaws(row: NurtureSequence) -> Iterator[Flaw]:
    """What of the sequence's settings no lead could ever fulfil, or nobody could read."""
    for message in condition_flaws(row.trigger_conditions):
        yield Flaw("trigger_conditions", "conditions", message)
    for status in NO_LEAD & set(row.target_lead_status or ()):
        yield Flaw(
            "target_lead_status", "no_lead", f"No sequence is for leads that are {status}; leave it out."
        )
    least, most = (*row.target_score_range, None, None)[:2]
    if least is not None and most is not None and least > most:
        yield Flaw("target_score_range", "reversed", f"The scores go from {least} down to {most}; turn them.")


def step_flaws(step: SequenceStep, variants: int = 0) -> Iterator[Flaw]:
    """What is wrong with the step by itself; `variants`: how many it has beside its own text."""
    yield from _timing_flaws(step)
    yield from _message_flaws(step, variants)
    yield from _content_flaws(step)
    for message in condition_flaws(step.execution_conditions):
        yield Flaw("execution_conditions", "conditions", message)
    yield from _branch_flaws(step)


def _timing_flaws(step: SequenceStep) -> Iterator[Flaw]:
    if step.delay_amount < 0 and step.anchor not in DATED:
        yield Flaw(
            "delay_amount",
            "before_anchor",
            "Only a step that counts from the inquiry, the booking or the wedding may come before it.",
        )
    if abs(timedelta(**{step.delay_unit: step.delay_amount})) > FARTHEST:
        yield Flaw("delay_amount", "too_far", "A step is at most ten years away from what it counts from.")
    if set(step.send_days) - set(range(1, 8)):
        yield Flaw("send_days", "no_such_day", "Days are 1 (Monday) to 7 (Sunday).")
    opens, closes = TEXTING
    if step.step_type is StepType.SMS and not opens <= step.send_time < closes:
        yield Flaw(
            "send_time",
            "no_open_day",
            f"At {step.send_time:%H:%M} no day is open to text messages; choose a time between "
            f"{opens:%H:%M} and {closes:%H:%M}.",
        )


def _message_flaws(step: SequenceStep, variants: int) -> Iterator[Flaw]:
    for column, types in _TEMPLATES.items():
        if getattr(step, column) is not None and step.step_type not in types:
            kind = (
                column.removesuffix("_id").replace("_", " ").replace("sms", "SMS").replace("email", "e-mail")
            )
            yield Flaw(column, "not_used", f"A step of type {step.step_type} has no {kind}.")
    is_message = step.step_type in MESSAGES
    if is_message and step.message_class is MessageClass.REPLY:
        yield Flaw("message_class", "not_automatic", "A reply is written by a person, not by a sequence.")
    if step.needs_approval and not is_message:
        yield Flaw("needs_approval", "not_a_message", "Only e-mails and text messages wait for a yes.")
    if variants and step.step_type is not StepType.EMAIL:
        yield Flaw("variants", "not_an_email", "Only e-mail steps have variants.")


def doer_of(step: SequenceStep) -> UUID | None:
    """Whom the content of a task that is right names to do it."""
    said = (step.step_content or "").strip()
    if step.step_type not in TASKS or step.task_template_id or not is_json(said):
        return None
    return TaskContent.model_validate_json(said).assigned_to


def _content_flaws(step: SequenceStep) -> Iterator[Flaw]:
    said = (step.step_content or "").strip()
    try:
        if step.step_type in _CONTENT:
            content = _CONTENT[step.step_type].model_validate_json(said or "{}")
            if isinstance(content, StatusContent) and content.status not in OPEN:
                yield Flaw(
                    "step_content",
                    "closed_status",
                    f"A sequence moves leads among the open statuses; {content.status} is a person's word.",
                )
        elif step.step_type in TASKS and not step.task_template_id and is_json(said):
            TaskContent.model_validate_json(said)
    except ValidationError as error:
        yield Flaw("step_content", "content", f"The content of this step: {_said(error)}.")


def _branch_flaws(step: SequenceStep) -> Iterator[Flaw]:
    listed = step.branch_conditions.get("branches", [])
    if step.branch_conditions.keys() - {"branches"} or not isinstance(listed, list):
        yield Flaw("branch_conditions", "shape", "Branches are {'branches': [{'if': {…}, 'then': 4}]}.")
        return
    if len(listed) > MOST_BRANCHES:
        yield Flaw("branch_conditions", "too_many", f"A step has at most {MOST_BRANCHES} branches.")
    for number, raw in enumerate(listed[:MOST_BRANCHES], start=1):
        yield from _branch_flaw(step, number, raw)


def _branch_flaw(step: SequenceStep, number: int, raw: Any) -> Iterator[Flaw]:
    try:
        branch = BranchContent.model_validate(raw)
    except ValidationError as error:
        yield Flaw("branch_conditions", "shape", f"Branch {number}: {_said(error)}.")
        return
    for message in condition_flaws(branch.conditions):
        yield Flaw("branch_conditions", "conditions", f"Branch {number}: {message}")
    if branch.then == step.step_order:
        yield Flaw("branch_conditions", "to_itself", f"Branch {number} leads to its own step.")


def condition_flaws(conditions: Mapping[str, Any]) -> list[str]:
    """What is wrong with conditions, a sentence each: unknown words, and what no lead can fulfil."""
    return engine.problems(conditions) or [*_unknown_statuses(conditions), *_impossible(conditions)]


def _unknown_statuses(conditions: Mapping[str, Any]) -> Iterator[str]:
    for word in _words(conditions, "required_status"):
        if word not in set(LeadStatus):
            yield f"'{word}' is not a status; these are: {', '.join(LeadStatus)}."


def _impossible(conditions: Mapping[str, Any]) -> Iterator[str]:
    for what in dict.fromkeys(key[4:] for key in conditions if key.startswith(("min_", "max_"))):
        least, most = conditions.get(f"min_{what}"), conditions.get(f"max_{what}")
        low, high = _BOUNDS.get(what, (None, None))
        if least is not None and most is not None and least > most:
            yield f"'min_{what}' is {least} and 'max_{what}' only {most}, so no lead ever fits."
        elif least is not None and high is not None and least > high:
            yield f"'min_{what}' is {least}, and there is none over {high}."
        elif most is not None and low is not None and most < low:
            yield f"'max_{what}' is {most}, and there is none under {low}."
    for key in ("required_status", "required_sources"):
        if conditions.get(key) is not None and not _words(conditions, key):
            yield f"'{key}' is empty, so no lead ever fits; leave it out."
    both = _words(conditions, "required_tags") & _words(conditions, "excluded_tags")
    if both:
        yield f"The tag '{min(both)}' is required and excluded, so no lead ever fits."


def _words(conditions: Mapping[str, Any], key: str) -> frozenset[str]:
    value = conditions.get(key)
    return frozenset({value} if isinstance(value, str) else value or ())


def _said(error: ValidationError) -> str:
    """The first problem in a line, with the name of what is wrong."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"'{place}': {message[:1].lower()}{message[1:]}" if place else message[:1].lower() + message[1:]
