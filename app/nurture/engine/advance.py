"""Where an enrollment goes once its step is settled."""

from collections.abc import Iterable
from datetime import datetime

from app.kernel.zones import day_of
from app.nurture.engine.conditions import holds
from app.nurture.engine.facts import Snapshot, Step
from app.nurture.engine.outcomes import Failed, Finished, Next, Passed, Settled, Timed
from app.nurture.engine.timing import NoOpenDay, due_at, natural_at, resumed_at

DATED = frozenset({"inquiry", "booking", "wedding_date"})
"""Anchors that stand apart from the sequence, so that a step's day may be over before its turn comes."""


def start(snapshot: Snapshot, now: datetime) -> Next | Finished:
    """The first step of a new enrollment and when it is due."""
    return _onward(snapshot, snapshot.sequence.steps, now)


def advance(snapshot: Snapshot, outcome: Settled, now: datetime) -> Next | Finished:
    """The step after this one, or the end.

    The first branch that holds chooses the next step. Branches lead forward only (the loop guard);
    what they jump over counts as skipped, and so does a dated step whose day is over.
    """
    if isinstance(outcome, Failed) and snapshot.sequence.halts_on_failure:
        return Finished("failed", "step_failed")
    return _onward(snapshot, following(snapshot), now, jump=_branch(snapshot))


def following(snapshot: Snapshot) -> list[Step]:
    """The steps after the present one, or all of them."""
    at = snapshot.step.order if snapshot.step else None
    return [step for step in snapshot.sequence.steps if at is None or step.order > at]


def _branch(snapshot: Snapshot) -> int | None:
    branches = snapshot.step.branches if snapshot.step else ()
    return next((branch.then for branch in branches if holds(branch.conditions, snapshot.lead)), None)


def _onward(
    snapshot: Snapshot, steps: Iterable[Step], now: datetime, *, jump: int | None = None
) -> Next | Finished:
    passed: list[Passed] = []
    for step in steps:
        is_first = snapshot.step is None and not any(one.step.is_active for one in passed)
        placed = _place(snapshot, step, now, is_first=is_first)
        if jump is not None and step.order < jump:
            placed = "branched_past"
        if isinstance(placed, datetime):
            return Next(step, placed, tuple(passed))
        passed.append(Passed(step, placed))
    return Finished("completed", "all_steps_done", tuple(passed))


def timed(snapshot: Snapshot, now: datetime) -> datetime | str:
    """When the present step is due by the anchors as they are now, or why it is passed over."""
    if snapshot.step is None:
        raise ValueError("there is no step to place")
    return _place(snapshot, snapshot.step, now, is_first=False)


def retimed(snapshot: Snapshot, now: datetime) -> Timed | str:
    """The present step's time once it is no longer held, or its anchor has moved; or why it is passed over.

    What fell due meanwhile comes in the next moment of its window and stays late, so that nobody gets what is
    stale; a dated step whose anchor has moved on since is as if it had never been due.
    """
    step, due = snapshot.step, snapshot.due_at or snapshot.next_at or now
    if step is None:
        raise ValueError("there is no step to place")
    if step.timing.anchor not in DATED or _is_answer(snapshot, step):
        try:
            return Timed(resumed_at(step.timing, due, snapshot.calendar, now), due)
        except NoOpenDay:
            return "no_open_day"
    at = timed(snapshot, now)
    if isinstance(at, str):
        return at
    anchor = _anchor(snapshot, step, now) or now
    is_new = due > now or natural_at(step.timing, anchor, snapshot.calendar) > due
    return Timed(at, at if is_new else due)


def _is_answer(snapshot: Snapshot, step: Step) -> bool:
    """Was it due as soon as the lead entered?"""
    before = (one for one in snapshot.sequence.steps if one.order < step.order)
    return step.timing.delay == 0 and not any(one.is_active for one in before)


def _place(snapshot: Snapshot, step: Step, now: datetime, *, is_first: bool) -> datetime | str:
    """When the step is due, or why it is passed over."""
    if not step.is_active:
        return "step_off"
    anchor = _anchor(snapshot, step, now)
    if anchor is None:
        return f"no_{step.timing.anchor}"
    if is_first and step.timing.delay == 0:
        return now
    if step.timing.anchor in DATED and _is_over(snapshot, step, anchor, now) and not step.runs_when_past:
        return "already_past"
    try:
        return due_at(step.timing, anchor, snapshot.calendar, now)
    except NoOpenDay:
        return "no_open_day"


def _anchor(snapshot: Snapshot, step: Step, now: datetime) -> datetime | None:
    match step.timing.anchor:
        case "enrollment":
            return snapshot.enrolled_at
        case "previous_step":
            return now
        case dated:
            return snapshot.anchors.get(dated)


def _is_over(snapshot: Snapshot, step: Step, anchor: datetime, now: datetime) -> bool:
    zone = snapshot.calendar.zone
    return day_of(natural_at(step.timing, anchor, snapshot.calendar), zone) < day_of(now, zone)
