"""Brand colours can be read on the page of an e-mail, by day and in the dark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messaging.colors import READABLE, contrast, readable

COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_black_on_white_has_the_most_contrast_there_is() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the known example of too little
    assert contrast("#123456", "#123456") == 1


@given(COLORS)
def test_any_colour_becomes_readable(color: str) -> None:
    for page in ("#ffffff", "#1f2937"):
        assert contrast(readable(color, page), page) >= READABLE


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert readable("#0b5ed7", "#ffffff") == "#0b5ed7"
    assert readable("#f2c6d0", "#1f2937") == "#f2c6d0"
