"""Shares, and how far they can be trusted."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.rates import share, wilson


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
