"""What keeps a sequence from being published: all that saving refuses, and what stands between its steps."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.accounts import Supplier
from app.models.choices import MessageClass, StepType
from app.models.nurture import EmailTemplate, NurtureSequence, SequenceStep, SmsTemplate, TaskTemplate
from app.models.sources import LeadSource
from app.nurture.authoring.rows import Written, branches_of
from app.nurture.authoring.schemas import MOST_STEPS
from app.nurture.checks import MESSAGES, TASKS, Problem, settings_flaws, step_flaws
from app.nurture.engine.advance import DATED
from app.nurture.engine.facts import Calendar, Timing
from app.nurture.engine.timing import NoOpenDay, due_at
from app.nurture.schemas import TaskContent, is_json
from app.nurture.snapshots import read_calendar

Words = Callable[[str, str], list[str]]
Template = EmailTemplate | SmsTemplate | TaskTemplate
_NEEDED = {StepType.EMAIL: "email_template_id", StepType.SMS: "sms_template_id"}
_TEXTS: dict[type[Template], dict[str, str]] = {
    EmailTemplate: {"subject": "subject", "content": "html", "text_content": "text"},
    SmsTemplate: {"content": "sms"},
    TaskTemplate: {"title": "title", "description": "text"},
}
"""What each text of a template is for, as messaging calls it."""
_EFFECTS = frozenset({StepType.SCORE_ADJUSTMENT, StepType.STATUS_CHANGE, StepType.TAG_ASSIGNMENT})


@dataclass(frozen=True)
class Messaging:
    """What sequences are told of messaging: what is wrong with a text that is for a `subject`, `html`,
    `text`, `sms` or `title` (a sentence each), and the channels that are set up."""

    problems: Words
    channels: frozenset[str]


def problems(
    session: Session, sequence: NurtureSequence, steps: Sequence[Written], messaging: Messaging, now: datetime
) -> list[Problem]:
    """Everything that is wrong, errors and warnings, by place."""
    found = [Problem(one.field, one.code, one.message) for one in settings_flaws(sequence)]
    found += _whole(sequence, [step.row for step in steps if step.row.is_active], len(steps))
    found += _sources(session, sequence)
    calendar = read_calendar(session, session.get_one(Supplier, sequence.supplier_id), now)
    texts = Texts(session, messaging.problems)
    first = next((step.row for step in steps if step.row.is_active), None)
    for step in steps:
        at = Place(step.row, found)
        for flaw in step_flaws(step.row, len(step.variants)):
            at.error(flaw.field, flaw.code, flaw.message)
        _acknowledgement(at, is_first=step.row is first)
        _branches(at, [other.row for other in steps])
        _window(at, calendar, now)
        _templates(at, step, texts)
        if step.row.step_type is StepType.SMS and "sms" not in messaging.channels:
            at.warning("step_type", "sms_not_configured", _NO_SMS[bool(step.row.email_template_id)])
    return found


_NO_SMS = {
    True: "Text messages are not set up; until they are, leads get the step's e-mail instead.",
    False: "Text messages are not set up; until they are, the step is skipped.",
}


@dataclass(frozen=True)
class Place:
    """A step, and where its problems are gathered."""

    step: SequenceStep
    found: list[Problem]

    def error(self, field: str, code: str, message: str, *, is_warning: bool = False) -> None:
        step = self.step
        said = f"Step {step.step_order}, “{step.step_name}”: {message}"
        self.found.append(Problem(field, code, said, step.step_key, step.step_order, is_warning))

    def warning(self, field: str, code: str, message: str) -> None:
        self.error(field, code, message, is_warning=True)


def _whole(sequence: NurtureSequence, active: Sequence[SequenceStep], steps: int) -> Iterator[Problem]:
    if not active:
        yield Problem("steps", "no_steps", "A sequence needs at least one step that is switched on.")
        return
    if steps > MOST_STEPS:
        yield Problem("steps", "too_many", f"A sequence has at most {MOST_STEPS} steps.")
    if all(step.anchor in DATED and not step.runs_when_past for step in active):
        yield Problem(
            "steps",
            "may_be_over",
            "Every step counts from a date; a lead whose days are all over is not taken in. Let a step run "
            "when its day is past if it should be.",
            is_warning=True,
        )
    waits = any(step.delay_unit in ("days", "weeks") and step.delay_amount for step in active)
    if sequence.reentry_after_days == 0 and not waits:
        changes = " and its steps change the lead" if any(s.step_type in _EFFECTS for s in active) else ""
        yield Problem(
            "reentry_after_days",
            "may_loop",
            f"It takes leads in again at once{changes}, so a lead may go round all day. Let some days pass.",
            is_warning=True,
        )
    if not sequence.is_active:
        yield Problem(
            "is_active", "switched_off", "The sequence is switched off and takes nobody in.", is_warning=True
        )


def _sources(session: Session, sequence: NurtureSequence) -> Iterator[Problem]:
    wanted = {name.lower(): name for name in sequence.target_lead_sources}
    if not wanted:
        return
    known = session.execute(select(LeadSource.slug, func.lower(LeadSource.source_name))).all()
    for key in wanted.keys() - {name for row in known for name in row}:
        yield Problem(
            "target_lead_sources",
            "unknown_source",
            f"There is no source called '{wanted[key]}' yet.",
            is_warning=True,
        )


def _acknowledgement(at: Place, *, is_first: bool) -> None:
    """An acknowledgement answers an inquiry: at once, whatever was consented to. So it comes first."""
    step = at.step
    if step.step_type not in MESSAGES or not step.is_active:
        return
    if step.message_class is MessageClass.ACKNOWLEDGEMENT:
        if not is_first or step.delay_amount:
            at.error(
                "message_class",
                "not_first",
                "Only the first step may be an acknowledgement, and it is sent at once (delay 0).",
            )
    elif is_first and not step.delay_amount:
        at.warning("delay_amount", "any_hour", "A first step without delay is sent at any hour.")


def _branches(at: Place, steps: Sequence[SequenceStep]) -> None:
    by_order = {step.step_order: step for step in steps}
    for number, branch in enumerate(branches_of(at.step), start=1):
        order = branch.get("then")
        target = by_order.get(order) if isinstance(order, int) else None
        if target is None:
            at.error(
                "branch_conditions",
                "no_such_step",
                f"Branch {number} leads to step {order}, which there is not.",
            )
        elif target.step_order < at.step.step_order:
            at.error(
                "branch_conditions",
                "backwards",
                f"Branch {number} leads back to step {order}; branches lead forward alone, so that nobody "
                "goes round.",
            )
        elif not target.is_active:
            at.warning(
                "branch_conditions",
                "step_off",
                f"Branch {number} leads to step {order}, which is switched off; the next one is taken.",
            )


def _window(at: Place, calendar: Calendar, now: datetime) -> None:
    step = at.step
    timing = Timing(
        step.delay_amount, step.delay_unit, step.anchor, step.send_time, frozenset(step.send_days)
    )
    try:
        due_at(timing, now, calendar, now)
    except NoOpenDay:
        at.error(
            "send_days", "no_open_day", "No day of the next three years is open to it; choose other days."
        )


def _templates(at: Place, step: Written, texts: "Texts") -> None:
    row = step.row
    needed = _NEEDED.get(row.step_type)
    if needed and getattr(row, needed) is None:
        at.error(needed, "template_missing", "Choose a template.")
    named: list[tuple[str, type[Template], UUID | None]] = [
        ("email_template_id", EmailTemplate, row.email_template_id),
        ("sms_template_id", SmsTemplate, row.sms_template_id),
        ("task_template_id", TaskTemplate, row.task_template_id),
        *(("variants", EmailTemplate, template_id) for template_id in step.variants.values()),
    ]
    for field, model, template_id in named:
        if template_id:
            for code, message in texts.of_template(model, row.supplier_id, template_id):
                at.error(field, code, message)
    if row.step_type in TASKS and not row.task_template_id:
        for message in texts.of_content(row.step_content or ""):
            at.error("step_content", "text", message)
    if len({row.email_template_id, *step.variants.values()}) <= len(step.variants):
        at.warning(
            "variants", "same_text", "Two variants have the same text, so there is nothing to compare."
        )


@dataclass(frozen=True)
class Texts:
    """What is wrong with the texts that steps name."""

    session: Session
    problems: Words

    def of_template(
        self, model: type[Template], supplier_id: UUID, template_id: UUID
    ) -> Iterator[tuple[str, str]]:
        template: Any = self.session.get(model, (supplier_id, template_id))
        if template is None:
            yield "template_missing", "Its template is gone; choose another one."
            return
        written = {column: kind for column, kind in _TEXTS[model].items() if getattr(template, column)}
        for column, kind in written.items():
            for problem in self.problems(getattr(template, column), kind):
                yield "template", f"In the template “{template.name}”, {column.replace('_', ' ')}: {problem}"

    def of_content(self, content: str) -> Iterator[str]:
        written = content.strip()
        if not is_json(written):
            yield from self.problems(written, "text") if written else ()
            return
        try:
            task = TaskContent.model_validate_json(written)
        except ValidationError:
            return  # `step_flaws` says so
        yield from self.problems(task.title, "title") if task.title else ()
        yield from self.problems(task.description, "text") if task.description else ()
