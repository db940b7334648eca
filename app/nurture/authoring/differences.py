"""What is otherwise between two versions of a sequence, in words."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any
from uuid import UUID

from app.nurture.authoring.rows import Written, branches_of, values_of
from app.nurture.schemas import is_json

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NAMES: Mapping[str, str] = {
    "step_name": "name",
    "step_type": "type",
    "anchor": "what it counts from",
    "delay_amount": "delay",
    "send_time": "time of day",
    "send_days": "days",
    "message_class": "kind of message",
    "email_template_id": "e-mail",
    "sms_template_id": "text message",
    "task_template_id": "task",
    "step_content": "content",
    "execution_conditions": "conditions",
    "branch_conditions": "branches",
    "is_active": "switch",
    "max_lateness_hours": "lateness allowed",
    "runs_when_past": "when its day is past",
    "needs_approval": "approval",
    "variants": "variants",
}


@dataclass(frozen=True)
class Change:
    """One field: its name, what people call it, and its value before and after in words."""

    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """What became of one step: `added`, `removed`, `moved` or `changed` (which may have moved, too). The
    orders are its places before and after."""

    kind: str
    step_key: UUID
    step_name: str
    order_before: int | None
    order_after: int | None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Side:
    """The steps of a version by their keys, and what templates are called."""

    steps: Mapping[UUID, Written]
    names: Mapping[UUID, str]


def differences(
    before: Sequence[Written], after: Sequence[Written], names: Mapping[UUID, str] | None = None
) -> list[Difference]:
    """By place; a step is the same by its key. It moved if steps that both have stand otherwise around it.
    `names` of templates."""
    old, new = ({step.row.step_key: step for step in steps} for steps in (before, after))
    sides = Side(old, names or {}), Side(new, names or {})
    moved = _moved([key for key in old if key in new], [key for key in new if key in old])
    found = [_difference(old.get(key), step, sides, key in moved) for key, step in new.items()]
    gone = [
        Difference("removed", key, step.row.step_name, step.row.step_order, None)
        for key, step in old.items()
        if key not in new
    ]
    return [one for one in found if one] + gone


def summary(found: Sequence[Difference]) -> str:
    """The differences in a sentence of at most 300 characters."""
    said = []
    for kind, verb in (
        ("added", "Added"),
        ("removed", "removed"),
        ("moved", "moved"),
        ("changed", "changed"),
    ):
        steps = [one for one in found if one.kind == kind]
        if steps:
            said.append(f"{verb} {', '.join(map(_told, steps))}")
    text = "; ".join(said)
    text = text[:1].upper() + text[1:]
    return text if len(text) <= 300 else f"{text[:299]}…"


def _told(one: Difference) -> str:
    if not one.changes:
        return f"“{one.step_name}”"
    return f"“{one.step_name}” ({', '.join(change.label for change in one.changes)})"


def _difference(
    old: Written | None, new: Written, sides: tuple[Side, Side], has_moved: bool
) -> Difference | None:
    key, name, order = new.row.step_key, new.row.step_name, new.row.step_order
    if old is None:
        return Difference("added", key, name, None, order)
    changes = tuple(_changes(old, new, sides))
    if not changes and not has_moved:
        return None
    return Difference("changed" if changes else "moved", key, name, old.row.step_order, order, changes)


def _moved(old: Sequence[UUID], new: Sequence[UUID]) -> set[UUID]:
    """The fewest that must have been moved to come from the one order to the other: those outside a longest
    run that stands in the same order in both."""
    place = {key: at for at, key in enumerate(old)}
    runs: list[list[UUID]] = [[]]  # the longest that ends with each
    for key in new:
        behind = [run for run in runs if not run or place[run[-1]] < place[key]]
        longest: list[UUID] = max(behind, key=len)
        runs.append([*longest, key])
    kept: list[UUID] = max(runs, key=len)
    return set(new) - set(kept)


def _changes(old: Written, new: Written, sides: tuple[Side, Side]) -> Iterator[Change]:
    was, now = _said(old, sides[0]), _said(new, sides[1])
    for name, label in NAMES.items():
        if was[name] != now[name]:
            yield Change(name, label, was[name], now[name])


def _said(step: Written, side: Side) -> dict[str, str]:
    """Each field in words. Branches name the step they lead to, so that a moved one makes no difference."""
    values = values_of(step)
    said = {name: _worded(values[name], side.names) for name in NAMES}
    row = step.row
    said["delay_amount"] = _delay(row.delay_amount, row.delay_unit)
    said["step_content"] = _content(row.step_content or "")
    said["send_days"] = ", ".join(DAYS[day - 1] for day in row.send_days) or "any day"
    led: dict[Any, str] = {one.row.step_order: f"“{one.row.step_name}”" for one in side.steps.values()}
    said["branch_conditions"] = "; ".join(
        f"if {_worded(branch.get('if'))} then {led.get(branch.get('then'), branch.get('then'))}"
        for branch in branches_of(row)
    )
    said["branch_conditions"] = said["branch_conditions"] or "none"
    return said


def _content(written: str) -> str:
    """Its parts by name, or the text itself."""
    if not is_json(written.strip()):
        return _worded(written)
    try:
        parts = json.loads(written)
    except ValueError:
        return written
    return _worded({name.replace("_", " "): part for name, part in parts.items()})


def _delay(amount: int, unit: str) -> str:
    return f"{amount} {unit.removesuffix('s') if abs(amount) == 1 else unit}"


def _worded(value: Any, names: Mapping[UUID, str] | None = None) -> str:
    match value:
        case None | "" | []:
            return "none"
        case bool():
            return "yes" if value else "no"
        case time():
            return f"{value:%H:%M}"
        case UUID():
            return f"“{names[value]}”" if names and value in names else str(value)
        case dict():
            return ", ".join(f"{key} {_worded(one, names)}" for key, one in value.items()) or "none"
        case list():
            return " or ".join(_worded(one) for one in value)
    return str(value)
