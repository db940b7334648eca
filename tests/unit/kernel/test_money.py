from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.money import quantize, split

amounts = st.decimals(min_value=0, max_value=10**9, places=2)
weights = st.lists(st.decimals(min_value=0, max_value=1000, places=3), min_size=1, max_size=12).filter(any)


@given(amounts, weights)
def test_shares_sum_to_the_amount_exactly(amount: Decimal, by: list[Decimal]) -> None:
    assert sum(split(amount, by)) == amount


@given(amounts, weights)
def test_no_share_is_more_than_a_cent_from_its_exact_part(amount: Decimal, by: list[Decimal]) -> None:
    for share, weight in zip(split(amount, by), by, strict=True):
        assert abs(share - amount * weight / sum(by)) < Decimal("0.01")


def test_a_cent_that_does_not_divide_goes_to_the_first() -> None:
    assert split(Decimal("100.00"), [Decimal(1)] * 3) == [
        Decimal("33.34"),
        Decimal("33.33"),
        Decimal("33.33"),
    ]


def test_half_a_cent_rounds_up() -> None:
    assert quantize(Decimal("2.005")) == Decimal("2.01")


@pytest.mark.parametrize("bad", [[Decimal(0)], [Decimal(-1), Decimal(2)]])
def test_weights_that_mean_nothing_are_refused(bad: list[Decimal]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(Decimal(1), bad)
