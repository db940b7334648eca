"""What a step does and when, in words. Pure.

`Day 3, 09:00, Mon to Fri`, `30 days before the wedding, 10:00, Tue to Thu`, `Sends the e-mail “Have a look”`.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.models.choices import Anchor, DelayUnit, StepType
from app.models.nurture import SequenceStep
from app.nurture.authoring.differences import DAYS
from app.nurture.engine.timing import CLOSING
from app.nurture.schemas import is_json
from app.web.condition_words import together
from app.web.formats import points, words

ANCHORS = {
    Anchor.PREVIOUS_STEP: "the step before",
    Anchor.ENROLLMENT: "the lead enters",
    Anchor.INQUIRY: "the inquiry",
    Anchor.BOOKING: "the booking",
    Anchor.WEDDING_DATE: "the wedding",
}
KINDS = {
    StepType.EMAIL: "E-mail",
    StepType.SMS: "Text message",
    StepType.PHONE_CALL: "Phone call",
    StepType.TASK_CREATION: "Task",
    StepType.SCORE_ADJUSTMENT: "Score",
    StepType.STATUS_CHANGE: "Status",
    StepType.TAG_ASSIGNMENT: "Tags",
}
MEANS = {
    StepType.EMAIL: "Writes to the couple, with up to five texts to compare.",
    StepType.SMS: "A short word on the phone; an e-mail for who has none, if you like.",
    StepType.PHONE_CALL: "Puts a call on somebody's list, with what to ask.",
    StepType.TASK_CREATION: "Puts something to do on somebody's list.",
    StepType.SCORE_ADJUSTMENT: "Adds points to the lead's score, or takes some.",
    StepType.STATUS_CHANGE: "Moves the lead to another open status.",
    StepType.TAG_ASSIGNMENT: "Adds tags to the lead, or removes some.",
}
ICONS = {
    StepType.EMAIL: ("mail", "blue"),
    StepType.SMS: ("message", "cyan"),
    StepType.PHONE_CALL: ("phone", "orange"),
    StepType.TASK_CREATION: ("checklist", "yellow"),
    StepType.SCORE_ADJUSTMENT: ("gauge", "purple"),
    StepType.STATUS_CHANGE: ("arrows-exchange", "green"),
    StepType.TAG_ASSIGNMENT: ("tag", "grey"),
}
"""Of each type its icon and tone."""
CLASSES = {
    "acknowledgement": "Acknowledgement: answers an inquiry at once",
    "follow_up": "Follow-up: goes on with a talk they began",
    "marketing": "Marketing: only with their consent",
}
_LATER = {DelayUnit.HOURS: 60, DelayUnit.MINUTES: 1}
_DATED = {Anchor.INQUIRY, Anchor.BOOKING, Anchor.WEDDING_DATE}
TextNames = Mapping[UUID, str]
"""What templates are called."""


@dataclass(frozen=True)
class When:
    """The day on the sequence's own calendar, and the rest of it."""

    day: str
    time: str

    def __str__(self) -> str:
        return f"{self.day}, {self.time}"


@dataclass(frozen=True)
class _Moment:
    anchor: Anchor = Anchor.ENROLLMENT
    days: int = 0
    minutes: int = 0


def calendar(steps: Iterable[SequenceStep]) -> list[When]:
    """When each of them comes, at the soonest: closed days push it on, and so do branches that nobody takes.
    Steps that are off do not count for those after them."""
    at, found, is_first = _Moment(), [], True
    for step in steps:
        here = _moved(at if step.anchor is Anchor.PREVIOUS_STEP else _Moment(step.anchor), step)
        found.append(When(_day(here), _time(step, is_first=is_first)))
        if step.is_active:
            at, is_first = here, False
    return found


def timing(step: SequenceStep, *, is_first: bool = False) -> str:
    """By itself: `3 days after the step before, 09:00, Mon to Fri`. The first one counts from the entry."""
    if is_first and not step.delay_amount:
        return "At once, at whatever hour"
    from_entry = is_first and step.anchor is Anchor.PREVIOUS_STEP
    what = ANCHORS[Anchor.ENROLLMENT if from_entry else step.anchor]
    if not step.delay_amount:
        return f"{'On' if step.anchor in _DATED else 'Right after'} {what}, {_time(step, is_first=False)}"
    side = "before" if step.delay_amount < 0 else "after"
    return f"{amount(step.delay_amount, step.delay_unit)} {side} {what}, {_time(step, is_first=False)}"


def amount(count: int, unit: str) -> str:
    """`3 days`, `1 week`; without its sign."""
    return f"{abs(count):,} {unit.removesuffix('s') if abs(count) == 1 else unit}"


def weekdays(days: Iterable[int]) -> str:
    """`Mon to Fri`, `Tue, Thu`, `any day`."""
    wanted = sorted(set(days))
    if not wanted or len(wanted) == len(DAYS):
        return "any day"
    if len(wanted) > 2 and wanted[-1] - wanted[0] == len(wanted) - 1:
        return f"{DAYS[wanted[0] - 1]} to {DAYS[wanted[-1] - 1]}"
    return ", ".join(DAYS[day - 1] for day in wanted)


def does(step: SequenceStep, names: TextNames) -> str:
    """What it does, in a sentence without its full stop."""
    return DOES[step.step_type](step, names)


def content_of(step: SequenceStep) -> dict[str, Any]:
    """What its content says by name; of plain text the description. Nothing when it cannot be read."""
    said = (step.step_content or "").strip()
    if not is_json(said):
        return {"description": said} if said else {}
    try:
        found = json.loads(said)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _moved(at: _Moment, step: SequenceStep) -> _Moment:
    if step.delay_unit not in _LATER:
        days = step.delay_amount * (7 if step.delay_unit is DelayUnit.WEEKS else 1)
        return _Moment(at.anchor, at.days + days, 0 if step.delay_amount else at.minutes)
    minutes = at.minutes + step.delay_amount * _LATER[step.delay_unit]
    return _Moment(at.anchor, at.days + minutes // 1440, minutes % 1440)


def _day(at: _Moment) -> str:
    if at.anchor not in _DATED:
        return f"Day {at.days:,}"
    if not at.days:
        return {
            Anchor.INQUIRY: "The day of the inquiry",
            Anchor.BOOKING: "The day of the booking",
            Anchor.WEDDING_DATE: "The wedding day",
        }[at.anchor]
    weeks, rest = divmod(abs(at.days), 7)
    count = amount(weeks, "weeks") if not rest and weeks > 1 else amount(at.days, "days")
    return f"{count} {'before' if at.days < 0 else 'after'} {ANCHORS[at.anchor]}"


def _time(step: SequenceStep, *, is_first: bool) -> str:
    opens, days = f"{step.send_time:%H:%M}", weekdays(step.send_days)
    if step.delay_amount and step.delay_unit not in _LATER:
        return f"{opens}, {days}"
    if not step.delay_amount and is_first:
        return "at once"
    closes = f"{CLOSING:%H:%M}" if step.send_time < CLOSING else "24:00"
    window = f"{opens} to {closes}, {days}"
    if not step.delay_amount:
        return f"right after, {window}"
    return f"{amount(step.delay_amount, step.delay_unit)} later, {window}"


def _named(template_id: UUID | None, names: TextNames) -> str:
    name = names.get(template_id) if template_id else None
    return f"“{name}”" if name else "that is not chosen yet"


def _email(step: SequenceStep, names: TextNames) -> str:
    return f"Sends the e-mail {_named(step.email_template_id, names)}"


def _sms(step: SequenceStep, names: TextNames) -> str:
    said = f"Sends the text message {_named(step.sms_template_id, names)}"
    if step.email_template_id:
        said += f", or the e-mail {_named(step.email_template_id, names)} where no text message arrives"
    return said


def _task(step: SequenceStep, names: TextNames) -> str:
    what = "a call" if step.step_type is StepType.PHONE_CALL else "a task"
    if step.task_template_id:
        return f"Makes {what}: {_named(step.task_template_id, names)}"
    return f"Makes {what}: “{content_of(step).get('title') or step.step_name}”"


def _score(step: SequenceStep, _names: TextNames) -> str:
    said = content_of(step)
    if not isinstance(said.get("points"), int):
        return "Changes the score by points that are not said yet"
    lasts = said.get("expires_in_days")
    until = f", for {amount(lasts, 'days')}" if isinstance(lasts, int) else ""
    return f"Changes the score by {points(said['points'])}: {said.get('reason') or 'Sequence'}{until}"


def _status(step: SequenceStep, _names: TextNames) -> str:
    status = content_of(step).get("status")
    return f"Moves the lead to {words(str(status)) if status else 'a status that is not chosen yet'}"


def _tags(step: SequenceStep, _names: TextNames) -> str:
    said = content_of(step)
    parts = [
        f"{verb} the {'tag' if len(tags) == 1 else 'tags'} {together([f'“{tag}”' for tag in tags])}"
        for verb, tags in (("adds", said.get("add") or []), ("removes", said.get("remove") or []))
        if tags
    ]
    told = together(parts) or "changes tags that are not said yet"
    return told[:1].upper() + told[1:]


DOES: Mapping[StepType, Callable[[SequenceStep, TextNames], str]] = {
    StepType.EMAIL: _email,
    StepType.SMS: _sms,
    StepType.PHONE_CALL: _task,
    StepType.TASK_CREATION: _task,
    StepType.SCORE_ADJUSTMENT: _score,
    StepType.STATUS_CHANGE: _status,
    StepType.TAG_ASSIGNMENT: _tags,
}
