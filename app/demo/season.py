"""When couples write, when they marry, and when the studio is at work."""

import math
from bisect import bisect
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

HISTORY = timedelta(days=548)
"""Eighteen months."""
HORIZON = timedelta(days=1000)
"""The longest anybody plans ahead."""

INQUIRIES_BY_MONTH = (1.9, 1.75, 1.45, 1.0, 0.85, 0.75, 0.75, 0.85, 0.95, 0.85, 0.65, 0.6)
INQUIRIES_BY_WEEKDAY = (1.2, 1.05, 1.0, 0.95, 0.75, 0.85, 1.3)
INQUIRIES_BY_HOUR = (
    1,
    0.4,
    0.2,
    0.1,
    0.1,
    0.2,
    0.6,
    1.2,
    2,
    3,
    3.4,
    3.4,
    4,
    3.6,
    3,
    2.8,
    2.8,
    3,
    3.6,
    4.8,
    6,
    6.4,
    4.8,
    2.6,
)
WEDDINGS_BY_MONTH = (0.2, 0.25, 0.4, 0.8, 1.6, 2.0, 2.2, 2.3, 1.8, 0.8, 0.35, 0.4)
WEDDINGS_BY_WEEKDAY = (0.25, 0.25, 0.35, 0.9, 2.4, 10.0, 1.2)
USUAL_NOTICE = 380
"""Days between inquiry and wedding, most often."""
GROWTH = 0.6
"""How much more there is at the end of the history than at its beginning."""
OPENS, CLOSES = 9, 18


def _weights(days: Sequence[date], weight: Callable[[date], float]) -> list[float]:
    return list(accumulate(weight(day) for day in days))


class Season:
    """The calendar of one supplier up to `now`, in its zone."""

    def __init__(self, now: datetime, zone: ZoneInfo) -> None:
        self.now, self.zone = now, zone
        self.start = now - HISTORY
        first, last = self.start.astimezone(zone).date(), now.astimezone(zone).date()
        self._first = first
        self._days = [first + timedelta(days=n) for n in range((last - first + HORIZON).days + 1)]
        past = self._days[: (last - first).days + 1]
        self._inquiries = _weights(
            past,
            lambda d: (
                INQUIRIES_BY_MONTH[d.month - 1]
                * INQUIRIES_BY_WEEKDAY[d.weekday()]
                * (1 + GROWTH * (d - first).days / HISTORY.days)
            ),
        )
        self._weddings = _weights(
            self._days, lambda d: WEDDINGS_BY_MONTH[d.month - 1] * WEDDINGS_BY_WEEKDAY[d.weekday()]
        )
        self._hours = list(accumulate(INQUIRIES_BY_HOUR))

    def inquiry(self, dice: Random) -> datetime:
        """A moment within the history at which somebody writes: evenings, Sundays, January."""
        while True:
            day = self._days[bisect(self._inquiries, dice.random() * self._inquiries[-1])]
            hour = bisect(self._hours, dice.random() * self._hours[-1])
            local = datetime.combine(day, time(hour, dice.randrange(60), dice.randrange(60)), self.zone)
            moment = local.astimezone(UTC)
            if self.start <= moment <= self.now:
                return moment

    def wedding(self, dice: Random, inquired_at: datetime) -> date:
        """A day three weeks to `HORIZON` after the inquiry: a Saturday in summer, about a year away."""
        asked = (inquired_at.date() - self._first).days
        soonest, latest = asked + 21, min(asked + HORIZON.days, len(self._days)) - 1
        low, high = self._weddings[soonest], self._weddings[latest]
        while True:
            index = bisect(self._weddings, low + dice.random() * (high - low))
            if dice.random() < math.exp(-4 * math.log((index - asked) / USUAL_NOTICE) ** 2):
                return self._days[index]

    def at_work(self, dice: Random, moment: datetime) -> datetime:
        """That moment if the studio is at work then, else a little after it opens next. Never a Sunday."""
        local = moment.astimezone(self.zone)
        if OPENS <= local.hour < CLOSES and local.weekday() < 6:
            return moment
        day = local.date() + timedelta(days=local.hour >= CLOSES)
        day += timedelta(days=day.weekday() == 6)
        return datetime.combine(
            day, time(OPENS + dice.randrange(2), dice.randrange(60), dice.randrange(60)), self.zone
        ).astimezone(UTC)
