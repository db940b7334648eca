"""The steps of a version as people read them, from the first day to the last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.kernel.db import db
from app.models.nurture import SequenceStep
from app.nurture.authoring.rows import Written, branches_of
from app.nurture.authoring.texts import names_of
from app.nurture.checks import Problem
from app.nurture.statistics import OWN, StepFigures
from app.web import step_words
from app.web.condition_words import Names, sentence
from app.web.score_values import source_names
from app.web.sequences.lanes import Lane, lanes, width
from app.web.step_words import TextNames, When


@dataclass(frozen=True)
class Way:
    """A branch: where it leads, and if what. `step` is None when it leads to none."""

    words: str
    order: Any
    step: SequenceStep | None


@dataclass(frozen=True)
class Entry:
    """One step: when, what it does, only if what, and where it leads; with the words of its variants."""

    step: SequenceStep
    when: When
    timing: str
    does: str
    only_if: str
    ways: Sequence[Way]
    texts: Sequence[tuple[str, str]]
    lanes: Sequence[Lane] = ()
    figures: StepFigures | None = None
    problems: Sequence[Problem] = ()


@dataclass(frozen=True)
class Timeline:
    entries: Sequence[Entry]
    lanes: int


@dataclass(frozen=True)
class Beside:
    """What stands beside the steps, by their keys."""

    figures: Mapping[UUID, StepFigures] = field(default_factory=dict)
    problems: Sequence[Problem] = ()


def timeline(steps: Sequence[Written], beside: Beside | None = None) -> Timeline:
    """In order; the names of templates and sources are read for it."""
    return drawn(steps, names_of(db.session(), steps), source_names(), beside or Beside())


def drawn(
    steps: Sequence[Written], texts: TextNames, sources: Names, beside: Beside | None = None
) -> Timeline:
    """The same of steps whose names are known. Pure."""
    also = beside or Beside()
    rows = [step.row for step in steps]
    ways = [_ways(row, rows, sources) for row in rows]
    places = {row.step_order: at for at, row in enumerate(rows)}
    beside_them = lanes([[places[way.order] for way in one if way.step] for one in ways])
    first = next((row for row in rows if row.is_active), None)
    entries = [
        Entry(
            step=step.row,
            when=when,
            timing=step_words.timing(step.row, is_first=step.row is first),
            does=step_words.does(step.row, texts),
            only_if=sentence(step.row.execution_conditions, sources),
            ways=leads,
            texts=_texts(step, texts),
            lanes=pieces,
            figures=also.figures.get(step.row.step_key),
            problems=[one for one in also.problems if one.step_key == step.row.step_key],
        )
        for step, when, leads, pieces in zip(steps, step_words.calendar(rows), ways, beside_them, strict=True)
    ]
    return Timeline(entries, width(beside_them))


def _ways(step: SequenceStep, steps: Sequence[SequenceStep], sources: Names) -> list[Way]:
    by_order = {one.step_order: one for one in steps}
    found = []
    for branch in branches_of(step):
        asked, order = branch.get("if"), branch.get("then")
        words = sentence(asked, sources) if isinstance(asked, dict) else ""
        found.append(Way(words, order, by_order.get(order) if isinstance(order, int) else None))
    return found


def _texts(step: Written, texts: TextNames) -> list[tuple[str, str]]:
    """Label and name of each text, when there are several."""
    if not step.variants:
        return []
    own = [(OWN, step.row.email_template_id), *sorted(step.variants.items())]
    return [(label, texts.get(one, "not chosen yet") if one else "not chosen yet") for label, one in own]
