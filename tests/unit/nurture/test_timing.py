"""When a step is due: windows, calendar days, zones and their clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.zones import day_of
from app.nurture.engine.facts import Calendar, Timing
from app.nurture.engine.timing import CLOSING, NoOpenDay, due_at, is_short, natural_at

LONDON = Calendar(ZoneInfo("Europe/London"))
WORKDAYS = frozenset({1, 2, 3, 4, 5})


def london(*when: int) -> datetime:
    return datetime(*when, tzinfo=LONDON.zone).astimezone(UTC)


FRIDAY_EVENING = london(2026, 6, 5, 18, 30)


@pytest.mark.parametrize(
    ("delay", "unit", "due"),
    [
        (30, "minutes", london(2026, 6, 5, 19, 0)),
        (2, "hours", london(2026, 6, 8, 9, 0)),  # 20:30 is after closing, so Monday's opening
        (0, "days", FRIDAY_EVENING),
        (1, "days", london(2026, 6, 8, 9, 0)),  # Saturday is not a working day
        (3, "days", london(2026, 6, 8, 9, 0)),
        (4, "days", london(2026, 6, 9, 9, 0)),
        (1, "weeks", london(2026, 6, 12, 9, 0)),
    ],
)
def test_delays_count_from_the_anchor_and_fall_on_working_days(delay: int, unit: str, due: datetime) -> None:
    timing = Timing(delay, unit, send_days=WORKDAYS)
    assert due_at(timing, FRIDAY_EVENING, LONDON, FRIDAY_EVENING) == due


def test_a_short_delay_before_opening_waits_for_the_opening() -> None:
    early = london(2026, 6, 5, 5, 0)
    assert due_at(Timing(1, "hours"), early, LONDON, early) == london(2026, 6, 5, 9, 0)


def test_a_window_that_opens_late_lasts_to_the_end_of_the_day() -> None:
    timing = Timing(10, "minutes", send_time=time(21))
    night = london(2026, 6, 5, 22, 0)
    assert due_at(timing, night, LONDON, night) == london(2026, 6, 5, 22, 10)


def test_holidays_and_blocked_days_are_passed_over() -> None:
    closed = Calendar(LONDON.zone, frozenset({date(2026, 6, 8), date(2026, 6, 9)}))
    assert due_at(Timing(3, "days", send_days=WORKDAYS), FRIDAY_EVENING, closed, FRIDAY_EVENING) == london(
        2026, 6, 10, 9, 0
    )


def test_days_keep_the_wall_time_over_a_clock_change() -> None:
    before = london(2026, 3, 27, 12, 0)  # clocks go forward on the 29th
    assert due_at(Timing(3, "days"), before, LONDON, before) == datetime(2026, 3, 30, 8, 0, tzinfo=UTC)


def test_hours_count_real_time_over_a_clock_change() -> None:
    before = london(2026, 3, 28, 23, 0)
    timing = Timing(11, "hours", send_time=time(9))
    assert due_at(timing, before, LONDON, before) == datetime(2026, 3, 29, 10, 0, tzinfo=UTC)


def test_a_wall_time_in_the_gap_moves_forward_and_one_in_the_overlap_is_the_first() -> None:
    timing = Timing(1, "days", send_time=time(1, 30))
    spring, autumn = london(2026, 3, 28, 12, 0), london(2026, 10, 24, 12, 0)
    assert due_at(timing, spring, LONDON, spring) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 02:30 local
    assert due_at(timing, autumn, LONDON, autumn) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )  # still summer time


def test_days_before_the_wedding_count_backwards() -> None:
    wedding = london(2026, 9, 12)
    timing = Timing(-30, "days", anchor="wedding_date")
    assert due_at(timing, wedding, LONDON, london(2026, 1, 1)) == london(2026, 8, 13, 9, 0)


def test_what_would_be_past_moves_to_the_next_opening() -> None:
    now = london(2026, 6, 20, 12, 0)  # a Saturday, two weeks after it was meant
    timing = Timing(3, "days", send_days=WORKDAYS)
    assert due_at(timing, FRIDAY_EVENING, LONDON, now) == london(2026, 6, 22, 9, 0)


def test_a_day_that_a_zone_left_out_is_not_open() -> None:
    apia = Calendar(ZoneInfo("Pacific/Apia"))
    before = datetime(2011, 12, 29, 12, 0, tzinfo=apia.zone).astimezone(UTC)
    fridays = Timing(1, "days", send_days=frozenset({5}))
    assert day_of(due_at(fridays, before, apia, before), apia.zone) == date(2012, 1, 6)


def test_no_open_day_at_all_is_said() -> None:
    closed = Calendar(LONDON.zone, frozenset(date(2026, 1, 1) + timedelta(n) for n in range(2000)))
    with pytest.raises(NoOpenDay):
        due_at(Timing(1, "days"), FRIDAY_EVENING, closed, FRIDAY_EVENING)


ZONES = [
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
]
instants = st.integers(1104537600, 2366841600).map(
    lambda second: datetime.fromtimestamp(second, UTC)
)  # 2005-2045
timings = st.builds(
    Timing,
    delay=st.integers(-400, 400),
    unit=st.sampled_from(["minutes", "hours", "days", "weeks"]),
    send_time=st.times().map(lambda t: t.replace(microsecond=0)),
    send_days=st.frozensets(st.integers(1, 7)),
)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    closed = draw(st.frozensets(st.dates(date(2005, 1, 1), date(2045, 1, 1)), max_size=5))
    return Calendar(zone, closed)


@settings(max_examples=300, deadline=None)
@given(timings, instants, instants, calendars())
def test_never_past_always_on_an_open_day_and_inside_the_window(
    timing: Timing, anchor: datetime, now: datetime, calendar: Calendar
) -> None:
    due = due_at(timing, anchor, calendar, now)
    day = day_of(due, calendar.zone)
    assert due >= now
    assert due >= min(natural_at(timing, anchor, calendar), due)
    assert day not in calendar.closed
    assert not timing.send_days or day.isoweekday() in timing.send_days
    if not is_short(timing):
        wall = due.astimezone(calendar.zone).replace(tzinfo=None)
        moved = wall - datetime.combine(day, timing.send_time)
        assert timedelta(0) <= moved <= timedelta(hours=1)  # a gap alone moves it
    elif timing.send_time < CLOSING:
        assert due.astimezone(calendar.zone).time() < CLOSING or due == now


@settings(max_examples=100, deadline=None)
@given(timings, instants, instants, calendars())
def test_asking_again_at_the_due_time_does_not_move_it(
    timing: Timing, anchor: datetime, now: datetime, calendar: Calendar
) -> None:
    due = due_at(timing, anchor, calendar, now)
    assert due_at(timing, anchor, calendar, due) == due
