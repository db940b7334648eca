from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from app.kernel.errors import InvalidInput
from app.kernel.zones import day_of, day_start, instant, zone

LONDON = ZoneInfo("Europe/London")


def test_a_wall_time_that_does_not_exist_moves_forward_by_the_gap() -> None:
    gap = instant(date(2027, 3, 28), time(1, 30), LONDON)
    assert gap.astimezone(LONDON).time() == time(2, 30)


def test_a_wall_time_that_exists_twice_means_the_first() -> None:
    assert instant(date(2027, 10, 31), time(1, 30), LONDON) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_a_day_is_the_one_of_the_suppliers_zone() -> None:
    late = datetime(2027, 6, 1, 23, 30, tzinfo=UTC)
    assert day_of(late, LONDON) == date(2027, 6, 2)
    assert day_start(date(2027, 6, 2), LONDON) == datetime(2027, 6, 1, 23, tzinfo=UTC)


@pytest.mark.parametrize("name", ["Mars/Base", "", "../etc/passwd", "EUROPE"])
def test_an_unknown_zone_is_named(name: str) -> None:
    with pytest.raises(InvalidInput, match="IANA"):
        zone(name)
