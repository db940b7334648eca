"""When a step is due.

- Minutes and hours count real time and move only forward, into the step's window of an open day.
- Days and weeks count calendar days in the supplier's zone and then take `send_time`.
- Closed days and days outside `send_days` are passed over. Wall times are RFC 5545's (`kernel.zones`).
- Nothing is ever due in the past. A delay of 0 is as a short one: now, or when the window opens.
"""

from datetime import date, datetime, time, timedelta

from app.kernel.zones import day_of, day_start, instant
from app.nurture.engine.facts import Calendar, Timing

CLOSING = time(20)
"""A window opens at `send_time` and closes at 20:00; one that opens later lasts to the day's end."""
HORIZON = 1100
"""Days looked ahead for an open one."""
_SECONDS = {"minutes": 60, "hours": 3600}
_DAYS = {"days": 1, "weeks": 7}


class NoOpenDay(ValueError):
    """No day within the horizon is open to this step."""


def due_at(timing: Timing, anchor: datetime, calendar: Calendar, now: datetime) -> datetime:
    """The first moment at or after `now` at which the step may run. UTC. NoOpenDay when there is none."""
    if is_short(timing):
        return _into_window(max(natural_at(timing, anchor, calendar), now), timing, calendar)
    day = max(_target_day(timing, anchor, calendar), day_of(now, calendar.zone))
    opening = _next_opening(day, timing, calendar)
    return opening if opening >= now else _next_opening(day + timedelta(1), timing, calendar)


def resumed_at(timing: Timing, due_at: datetime, calendar: Calendar, now: datetime) -> datetime:
    """When a step that was held is due: as before, or, if that is over, the next moment of its window."""
    return due_at if due_at >= now else _into_window(now, timing, calendar)


def natural_at(timing: Timing, anchor: datetime, calendar: Calendar) -> datetime:
    """The moment meant, before closed days and the present push it forward."""
    if is_short(timing):
        return anchor + timedelta(seconds=timing.delay * _SECONDS.get(timing.unit, 0))
    return instant(_target_day(timing, anchor, calendar), timing.send_time, calendar.zone)


def is_short(timing: Timing) -> bool:
    """Does it count real time, not calendar days?"""
    return timing.delay == 0 or timing.unit in _SECONDS


def _target_day(timing: Timing, anchor: datetime, calendar: Calendar) -> date:
    return day_of(anchor, calendar.zone) + timedelta(timing.delay * _DAYS[timing.unit])


def _into_window(moment: datetime, timing: Timing, calendar: Calendar) -> datetime:
    day = day_of(moment, calendar.zone)
    if _is_open(day, timing, calendar):
        opens, closes = _window(day, timing, calendar)
        if moment < closes:
            return max(moment, opens)
    return _next_opening(day + timedelta(1), timing, calendar)


def _window(day: date, timing: Timing, calendar: Calendar) -> tuple[datetime, datetime]:
    opens = instant(day, timing.send_time, calendar.zone)
    if timing.send_time >= CLOSING:
        return opens, day_start(day + timedelta(1), calendar.zone)
    return opens, instant(day, CLOSING, calendar.zone)


def _next_opening(day: date, timing: Timing, calendar: Calendar) -> datetime:
    for _ in range(HORIZON):
        opening = instant(day, timing.send_time, calendar.zone)
        exists = day_of(opening, calendar.zone) == day  # Samoa had no 30 December 2011
        if exists and _is_open(day, timing, calendar):
            return opening
        day += timedelta(1)
    raise NoOpenDay(f"no open day within {HORIZON} days")


def _is_open(day: date, timing: Timing, calendar: Calendar) -> bool:
    return day not in calendar.closed and (not timing.send_days or day.isoweekday() in timing.send_days)
