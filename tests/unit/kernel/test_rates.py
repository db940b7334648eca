"""Shares, and how far they can be trusted."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.rates import Rate, newcombe, share, trend, wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (0, 1, "0.0000", "0.7935"),
        (1, 1, "0.2065", "1.0000"),
        (1, 4, "0.0456", "0.6994"),
        (10, 10, "0.7225", "1.0000"),
        (6, 10, "0.3127", "0.8318"),
        (500, 1000, "0.4691", "0.5309"),
    ],
)
def test_the_interval_is_wilsons(hits: int, n: int, low: str, high: str) -> None:
    interval = wilson(hits, n)
    assert interval is not None
    assert (round(interval.low, 4), round(interval.high, 4)) == (Decimal(low), Decimal(high))


def test_nothing_is_known_of_nobody() -> None:
    assert wilson(0, 0) is None
    assert share(0, 0) is None


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_within_its_interval(case: tuple[int, int]) -> None:
    interval, found = wilson(*case), share(*case)
    assert interval is not None
    assert found is not None
    assert 0 <= interval.low <= found <= interval.high <= 1


@given(st.integers(1, 1000))
def test_more_of_the_same_is_surer(n: int) -> None:
    few, many = wilson(n, 2 * n), wilson(10 * n, 20 * n)
    assert few is not None
    assert many is not None
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), "0.0524", "0.3339"),
        ((9, 10), (3, 10), "0.1705", "0.8090"),
        ((6, 7), (2, 7), "0.0582", "0.8062"),
        ((5, 56), (0, 29), "-0.0381", "0.1926"),
        ((0, 10), (0, 20), "-0.1611", "0.2775"),
        ((0, 10), (0, 10), "-0.2775", "0.2775"),
        ((10, 10), (0, 20), "0.6791", "1.0000"),
        ((10, 10), (0, 10), "0.6075", "1.0000"),
    ],
)
def test_the_interval_of_a_difference_is_newcombes(
    one: tuple[int, int], other: tuple[int, int], low: str, high: str
) -> None:
    """Table II of his paper, method 10."""
    interval = newcombe(Rate(one[1], one[0]), Rate(other[1], other[0]))
    assert interval is not None
    assert (round(interval.low, 4), round(interval.high, 4)) == (Decimal(low), Decimal(high))


rates = st.integers(1, 2000).flatmap(lambda n: st.builds(Rate, st.just(n), st.integers(0, n)))


@given(rates, rates)
def test_the_difference_lies_within_its_interval_and_turns_with_it(one: Rate, other: Rate) -> None:
    there, back = newcombe(one, other), newcombe(other, one)
    assert there is not None
    assert back is not None
    difference = (one.rate or 0) - (other.rate or 0)
    assert -1 <= there.low <= difference <= there.high <= 1
    assert (there.low, there.high) == (-back.high, -back.low)


def test_nothing_is_known_of_a_difference_from_nobody() -> None:
    assert newcombe(Rate(0, 0), Rate(10, 5)) is None
    assert newcombe(Rate(10, 5), Rate(0, 0)) is None


def test_the_trend_is_cochrans_and_armitages() -> None:
    groups = [Rate(10, 2), Rate(20, 7), Rate(30, 15)]
    assert trend(groups) == pytest.approx(1.76777, abs=1e-5)
    assert trend(groups[::-1]) == pytest.approx(-1.76777, abs=1e-5)


def test_of_two_groups_the_trend_is_the_test_of_two_shares() -> None:
    one, other, pooled = 12 / 40, 30 / 50, 42 / 90
    z = (other - one) / (pooled * (1 - pooled) * (1 / 40 + 1 / 50)) ** 0.5
    assert trend([Rate(40, 12), Rate(50, 30)]) == pytest.approx(z)


@pytest.mark.parametrize("groups", [[], [Rate(0, 0), Rate(9, 3)], [Rate(9, 9), Rate(9, 9)]])
def test_there_is_no_trend_where_nothing_differs(groups: list[Rate]) -> None:
    assert trend(groups) is None
