"""Differences between two versions, with conditions, branches and times as sentences. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from app.nurture.authoring.differences import Change, Difference
from app.web.sequences.timeline import Entry, Timeline


def _branches(entry: Entry) -> str:
    said = [
        f"{f'if {way.words}' if way.words else 'always'} on to "
        + (f"“{way.step.step_name}”" if way.step else f"step {way.order}")
        for way in entry.ways
    ]
    return "; ".join(said) or "none"


_WHEN = ("anchor", "delay_amount", "send_time", "send_days")
_TOLD: Mapping[str, tuple[str, Callable[[Entry], str]]] = {
    **dict.fromkeys(_WHEN, ("when", lambda entry: entry.timing)),
    "step_content": ("what it does", lambda entry: entry.does),
    "execution_conditions": ("only if", lambda entry: entry.only_if or "none"),
    "branch_conditions": ("branches", _branches),
}
"""Fields that a timeline says in a sentence: what they are called, and the sentence."""


def told(found: Sequence[Difference], before: Timeline, after: Timeline) -> list[Difference]:
    """The same differences in the words of the timelines. What one sentence says stands once."""
    old, new = ({entry.step.step_key: entry for entry in one.entries} for one in (before, after))
    return [_told(one, old, new) for one in found]


def _told(one: Difference, old: Mapping[UUID, Entry], new: Mapping[UUID, Entry]) -> Difference:
    if one.step_key not in old or one.step_key not in new:
        return one
    changes: dict[str, Change] = {}
    for change in one.changes:
        label, say = _TOLD.get(change.field, (change.label, None))
        if say is not None:
            before, after = say(old[one.step_key]), say(new[one.step_key])
            if before == after:  # the sentence leaves out what differs
                label = change.label
            else:
                change = replace(change, label=label, before=before, after=after)
        changes.setdefault(label, change)
    return replace(one, changes=tuple(changes.values()))
