"""Example 2's ranges, average and median."""

from decimal import Decimal

from app.scoring.distribution import spread


def test_the_ranges_are_the_specifications() -> None:
    found = spread({0: 1, 20: 1, 21: 1, 40: 1, 60: 1, 61: 1, 80: 1, 81: 1, 100: 2})
    assert [(one.range, one.count, one.percentage) for one in found.ranges] == [
        ("0-20", 2, Decimal(20)),
        ("21-40", 2, Decimal(20)),
        ("41-60", 1, Decimal(10)),
        ("61-80", 2, Decimal(20)),
        ("81-100", 3, Decimal(30)),
    ]
    assert (found.total, found.average, found.median) == (10, Decimal("56.3"), Decimal("60.5"))


def test_the_median_of_an_odd_number_is_the_one_in_the_middle() -> None:
    found = spread({10: 3, 90: 2})
    assert (found.average, found.median) == (Decimal("42.0"), Decimal("10.0"))


def test_without_leads_there_is_no_average() -> None:
    found = spread({})
    assert (found.total, found.average, found.median) == (0, None, None)
    assert [one.percentage for one in found.ranges] == [Decimal(0)] * 5
