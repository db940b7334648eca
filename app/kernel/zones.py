"""Calendar days and wall times in a supplier's zone, turned into instants.

Gaps and overlaps follow RFC 5545 §3.3.5: a wall time that does not exist moves forward by the
length of the gap; one that exists twice means the first.
"""

from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from app.kernel.errors import InvalidInput


@cache
def _names() -> frozenset[str]:
    """Read once: it walks the whole time zone database, 15 ms."""
    return frozenset(available_timezones())


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name; InvalidInput when there is none."""
    if name not in _names():
        raise InvalidInput.of(
            "timezone", "unknown", f"'{name}' is not an IANA time zone, such as Europe/London"
        )
    return ZoneInfo(name)


def instant(on: date, at: time, where: ZoneInfo) -> datetime:
    """The UTC instant at which clocks in `where` show `at` on the day `on`."""
    return datetime.combine(on, at.replace(tzinfo=None, fold=0), tzinfo=where).astimezone(UTC)


def day_of(moment: datetime, where: ZoneInfo) -> date:
    """The calendar day that `moment` falls on in `where`."""
    return moment.astimezone(where).date()


def day_start(on: date, where: ZoneInfo) -> datetime:
    """The first instant of the day `on` in `where`."""
    return instant(on, time.min, where)
