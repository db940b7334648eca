"""Whole ways through drawn sequences, in every zone, over clock changes, with workers that are late, or whose
clock steps back: never in the past, never twice, never left out without a word, wall time kept.

`NURTURE_EXAMPLES=100000 pytest tests/unit/nurture/test_walks.py` is the long run.
"""

import os
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from uuid import uuid4
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.zones import day_of, day_start
from app.nurture.engine.actions import ChangeTags, MakeTask, SendEmail
from app.nurture.engine.advance import advance, retimed, start
from app.nurture.engine.decide import decide
from app.nurture.engine.facts import Branch, Calendar, LeadFacts, Sequence, Snapshot, Step, Timing
from app.nurture.engine.forecast import forecast
from app.nurture.engine.outcomes import Do, Done, End, Failed, Finished, Hold, Next, Skip, Timed
from app.nurture.engine.timing import CLOSING, is_short, natural_at

EXAMPLES = int(os.environ.get("NURTURE_EXAMPLES", "200"))
ZONES = sorted(available_timezones() - {"localtime", "Factory"})
ACTIONS = (
    SendEmail(uuid4(), "follow_up"),
    MakeTask("phone_call", "Call"),
    ChangeTags(frozenset({"seen"})),
)
CONDITIONS = ({}, {"required_tags": ["seen"]}, {"excluded_tags": ["seen"]}, {"max_days_until_wedding": 90})


@cache
def clock_changes(name: str) -> tuple[date, ...]:
    """The days of 2005 to 2037 on which the clocks of that zone change."""
    zone, found, day = ZoneInfo(name), [], date(2005, 1, 1)
    before = datetime.combine(day, time(12), zone).utcoffset()
    while day.year < 2038:
        day += timedelta(7)
        now = datetime.combine(day, time(12), zone).utcoffset()
        if now != before:
            found += [day - timedelta(ago) for ago in range(8)]
        before = now
    return tuple(found)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    """A zone with closed days, and a moment in it, often near a clock change."""
    name = draw(st.sampled_from(ZONES))
    changes = clock_changes(name)
    near = st.sampled_from(changes) if changes else st.dates(date(2005, 1, 1), date(2037, 1, 1))
    day = draw(st.one_of(near, st.dates(date(2005, 1, 1), date(2037, 1, 1))))
    zone = ZoneInfo(name)
    closed = draw(st.frozensets(st.integers(0, 60).map(lambda ahead: day + timedelta(ahead)), max_size=6))
    at = day_start(day, zone) + timedelta(minutes=draw(st.integers(0, 1439)))
    return Calendar(zone, closed), at


@st.composite
def steps(draw: st.DrawFn, order: int, last: int) -> Step:
    anchor = draw(st.sampled_from(["previous_step", "enrollment", "wedding_date", "inquiry"]))
    least = -60 if anchor == "wedding_date" else 0
    timing = Timing(
        delay=draw(st.integers(least, 60)),
        unit=draw(st.sampled_from(["minutes", "hours", "days", "weeks"])),
        anchor=anchor,
        send_time=draw(st.times().map(lambda t: t.replace(second=0, microsecond=0))),
        send_days=draw(st.frozensets(st.integers(1, 7))),
    )
    onward = st.integers(order + 1, last + 2)
    branches = draw(st.lists(st.builds(Branch, st.sampled_from(CONDITIONS), onward), max_size=2))
    return Step(
        id=uuid4(),
        order=order,
        action=draw(st.sampled_from(ACTIONS)),
        timing=timing,
        conditions=draw(st.sampled_from(CONDITIONS)),
        branches=tuple(branches),
        is_active=draw(st.integers(0, 9)) > 0,
        max_lateness=draw(st.sampled_from([None, timedelta(hours=6)])),
        runs_when_past=draw(st.booleans()),
    )


@st.composite
def entrances(draw: st.DrawFn) -> Snapshot:
    """A lead that is about to enter a sequence; `enrolled_at` is now."""
    calendar, now = draw(calendars())
    last = draw(st.integers(1, 6))
    wedding = draw(st.none() | st.integers(-10, 400).map(lambda n: day_of(now, calendar.zone) + timedelta(n)))
    return Snapshot(
        lead=LeadFacts("new", wedding_date=wedding),
        sequence=Sequence(tuple(draw(steps(order, last)) for order in range(1, last + 1))),
        calendar=calendar,
        enrolled_at=now,
        anchors={
            "wedding_date": day_start(wedding, calendar.zone) if wedding else None,
            "inquiry": now - timedelta(minutes=draw(st.integers(0, 10_000))),
        },
    )


LATE = st.lists(
    st.sampled_from([timedelta(0), timedelta(seconds=20), timedelta(hours=6), timedelta(days=3)]),
    min_size=8,
    max_size=8,
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(entrances(), LATE, st.integers(0, 7))
def test_a_way_through_a_sequence(entering: Snapshot, late: list[timedelta], steps_back: int) -> None:
    now, lead, settled = entering.enrolled_at, entering.lead, list[int]()
    ahead = start(entering, now)
    for turn, lateness in enumerate(late):
        settled += [one.step.order for one in ahead.passed]
        if isinstance(ahead, Finished):
            break
        assert ahead.at >= now, "due in the past"
        check_wall_time(entering, ahead, now, is_first=not settled_any(settled, entering))
        now = ahead.at + lateness
        here = replace(entering, step=ahead.step, due_at=ahead.at, next_at=ahead.at, lead=lead)
        outcome = decide(here, now)
        assert not isinstance(outcome, Hold | End | Failed)
        if ahead.step.max_lateness and lateness > ahead.step.max_lateness:
            assert outcome == Skip("too_late")
        if isinstance(outcome, Do) and isinstance(outcome.action, ChangeTags):
            lead = replace(lead, tags=lead.tags | outcome.action.add)
        settled.append(ahead.step.order)
        if turn == steps_back:
            now -= timedelta(hours=1)  # a clock that was set right
        after = replace(here, lead=lead)
        ahead = advance(after, Done() if isinstance(outcome, Do) else outcome, now)
    assert isinstance(ahead, Finished)
    every = [step.order for step in entering.sequence.steps]
    assert settled == every, "each step is settled once, in order, and none is left out"


HELD = st.sampled_from([timedelta(minutes=20), timedelta(hours=5), timedelta(days=2), timedelta(weeks=3)])


@settings(max_examples=EXAMPLES, deadline=None)
@given(entrances(), HELD, st.sampled_from([timedelta(0), timedelta(minutes=3), timedelta(hours=7)]))
def test_what_is_held_stays_late_and_comes_in_its_window(
    entering: Snapshot, held: timedelta, late: timedelta
) -> None:
    ahead = start(entering, entering.enrolled_at)
    if isinstance(ahead, Finished):
        return
    here = replace(entering, step=ahead.step, due_at=ahead.at, next_at=ahead.at)
    paused = replace(here, lead=replace(here.lead, is_paused=True))
    now, resumed_at = ahead.at, ahead.at + held
    while now < resumed_at:
        hold = decide(paused, now)
        assert isinstance(hold, Hold), "however late it is"
        assert hold.until > now
        now = hold.until
        paused = replace(paused, next_at=now)
    again = retimed(replace(here, next_at=paused.next_at), resumed_at)
    if isinstance(again, str):
        assert again == "no_open_day" or (again == "already_past" and is_over(here, resumed_at))
        return
    assert again.at >= resumed_at, "due in the past"
    assert again.due_at == ahead.at, "time that it was held counts"
    check_window(here, again.at, resumed_at)
    taken_at, most = again.at + late, ahead.step.max_lateness
    outcome = decide(replace(here, due_at=again.due_at, next_at=again.at), taken_at)
    is_late = most is not None and taken_at - ahead.at > most
    assert (outcome == Skip("too_late")) is is_late


def is_over(here: Snapshot, now: datetime) -> bool:
    """Is the day of the dated step over?"""
    assert here.step
    anchor = here.anchors.get(here.step.timing.anchor)
    assert anchor, "only a dated step has a day of its own"
    zone = here.calendar.zone
    return day_of(natural_at(here.step.timing, anchor, here.calendar), zone) < day_of(now, zone)


def check_window(here: Snapshot, at: datetime, now: datetime) -> None:
    """It comes on an open day and within the hours of its step, or as the answer it is to be."""
    assert here.step
    timing, local = here.step.timing, at.astimezone(here.calendar.zone)
    assert local.date() not in here.calendar.closed
    assert not timing.send_days or local.isoweekday() in timing.send_days
    assert timing.send_time >= CLOSING or local.time() < CLOSING or not is_short(timing)


@settings(max_examples=EXAMPLES, deadline=None)
@given(entrances(), HELD, st.integers(1, 60))
def test_a_dated_step_whose_anchor_moved_on_is_as_if_it_had_never_been_due(
    entering: Snapshot, held: timedelta, days: int
) -> None:
    steps = tuple(
        replace(one, timing=replace(one.timing, anchor="inquiry", delay=abs(one.timing.delay) or 1))
        for one in entering.sequence.steps
    )
    entering = replace(entering, sequence=replace(entering.sequence, steps=steps))
    ahead = start(entering, entering.enrolled_at)
    if isinstance(ahead, Finished):
        return
    now = ahead.at + held
    here = replace(entering, step=ahead.step, due_at=ahead.at, next_at=now)
    moved = replace(here, anchors={**here.anchors, "inquiry": now + timedelta(days)})
    again = retimed(moved, now)
    assert again == "no_open_day" or (isinstance(again, Timed) and again.due_at == again.at >= now)


def settled_any(settled: list[int], entering: Snapshot) -> bool:
    """Has a step that is on been settled?"""
    active = {step.order for step in entering.sequence.steps if step.is_active}
    return bool(active & set(settled))


def check_wall_time(entering: Snapshot, ahead: Next, now: datetime, *, is_first: bool) -> None:
    timing, calendar = ahead.step.timing, entering.calendar
    if is_first and timing.delay == 0:
        assert ahead.at == now, "an acknowledgement goes at once"
        return
    local = ahead.at.astimezone(calendar.zone)
    assert local.date() not in calendar.closed
    assert not timing.send_days or local.isoweekday() in timing.send_days
    if is_short(timing):
        assert timing.send_time >= CLOSING or local.time() < CLOSING
        return
    moved = local.replace(tzinfo=None) - datetime.combine(local.date(), timing.send_time)
    assert timedelta(0) <= moved <= timedelta(hours=3), "only a gap moves a wall time, by its length"
    assert moved or local.fold == 0, "of a time that comes twice, the first"
    if moved:
        missing = datetime.combine(local.date(), timing.send_time, calendar.zone)
        assert missing.astimezone(UTC).astimezone(calendar.zone).time() != timing.send_time


@settings(max_examples=EXAMPLES, deadline=None)
@given(entrances())
def test_the_forecast_is_the_way_of_a_worker_that_is_never_late(entering: Snapshot) -> None:
    told = forecast(entering, entering.enrolled_at)
    assert [one.step.order for one in told] == [step.order for step in entering.sequence.steps]
    at = [one.at for one in told if one.at]
    assert at == sorted(at)
    assert not at or at[0] >= entering.enrolled_at
