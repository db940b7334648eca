"""A lead's whole calendar in a sequence, by the functions that run it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from app.kernel.zones import day_of
from app.nurture.engine.advance import advance, start
from app.nurture.engine.changes import changed
from app.nurture.engine.decide import decide
from app.nurture.engine.facts import Snapshot, Step
from app.nurture.engine.outcomes import Do, Done, End, Finished, Hold, Next, Outcome, Skip

MOST = 100


@dataclass(frozen=True)
class Planned:
    """A step, when it is due and what will become of it; no time: it is passed over on the way."""

    step: Step
    at: datetime | None
    outcome: Outcome

    @property
    def reason(self) -> str | None:
        """The code of why the step is not taken; None when it is."""
        return None if isinstance(self.outcome, Do) else self.outcome.reason


def forecast(snapshot: Snapshot, now: datetime, *, most: int = MOST) -> list[Planned]:
    """What is still to come, in order; from the start for a lead that is at no step yet.

    As if nothing were held, nobody wrote and every step worked at its time; what steps do to status, tags and
    score counts for those after them. An `End` is the last one.
    """
    return list(_ahead(_running(snapshot), now, most))


def _running(snapshot: Snapshot) -> Snapshot:
    lead, sequence = replace(snapshot.lead, is_paused=False), replace(snapshot.sequence, is_live=True)
    return replace(snapshot, lead=lead, sequence=sequence)


def _ahead(snapshot: Snapshot, now: datetime, most: int) -> Iterator[Planned]:
    ahead = _first(snapshot, now)
    while True:
        yield from (Planned(one.step, None, Skip(one.reason)) for one in ahead.passed)
        if isinstance(ahead, Finished) or most <= 0:
            return
        most -= 1
        here = _at(snapshot, ahead, now)
        outcome = decide(here, ahead.at)
        yield Planned(ahead.step, ahead.at, outcome)
        if isinstance(outcome, End | Hold):
            return
        snapshot, now = changed(here, outcome.action) if isinstance(outcome, Do) else here, ahead.at
        ahead = advance(snapshot, Done() if isinstance(outcome, Do) else outcome, ahead.at)


def _first(snapshot: Snapshot, now: datetime) -> Next | Finished:
    if snapshot.step is None:
        return start(snapshot, now)
    return Next(snapshot.step, max(snapshot.due_at or now, now))


def _at(snapshot: Snapshot, ahead: Next, now: datetime) -> Snapshot:
    """The lead, whose facts are those of `now`, as it will be on that day."""
    lead = snapshot.lead
    passed = (day_of(ahead.at, snapshot.calendar.zone) - day_of(now, snapshot.calendar.zone)).days
    later = replace(
        lead,
        days_until_wedding=_moved(lead.days_until_wedding, -passed),
        days_since_inquiry=_moved(lead.days_since_inquiry, passed),
        days_since_contact=_moved(lead.days_since_contact, passed),
    )
    return replace(snapshot, lead=later, step=ahead.step, due_at=ahead.at)


def _moved(days: int | None, passed: int) -> int | None:
    return None if days is None else days + passed
