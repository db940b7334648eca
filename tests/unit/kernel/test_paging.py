from base64 import urlsafe_b64encode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import InvalidInput
from app.kernel.paging import Position, decode, encode, page_size

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=50)
values = st.none() | texts | st.integers(-(2**53), 2**53)


@given(values, st.uuids())
def test_a_cursor_comes_back_as_the_position_it_was(value: str | int | None, row: UUID) -> None:
    position = Position("created_at", value, row)
    assert decode(encode(position), "created_at") == position


def deep(levels: int) -> str:
    """A cursor of JSON that is nested so much."""
    return urlsafe_b64encode(b"[" * levels).decode()


def test_the_longest_name_fits_a_cursor() -> None:
    position = Position("name", "\U0001f490" * 100, UUID(int=1))
    assert decode(encode(position), "name") == position


@pytest.mark.parametrize(
    "forged",
    ["", "%%%", "é", "bnVsbA", "W10", "WzEsMiwzXQ", "eyJhIjoxfQ", "A" * 10_000, deep(400), deep(20_000)],
)
def test_a_forged_cursor_is_named(forged: str) -> None:
    with pytest.raises(InvalidInput, match="not a cursor"):
        decode(forged, "created_at")


@pytest.mark.parametrize("value", ["a\x00b", "\ud800"])
def test_text_that_no_column_can_hold_is_no_position(value: str) -> None:
    with pytest.raises(InvalidInput, match="not a cursor"):
        decode(encode(Position("name", value, UUID(int=1))), "name")


def test_a_cursor_of_another_sort_is_named() -> None:
    foreign = encode(Position("lead_score", 5, UUID(int=1)))
    with pytest.raises(InvalidInput, match="another sort"):
        decode(foreign, "created_at")


@pytest.mark.parametrize("first", [0, -1, 101])
def test_a_page_size_out_of_bounds_names_the_bound(first: int) -> None:
    with pytest.raises(InvalidInput, match="between 1 and 100"):
        page_size(first)


def test_page_sizes_within_bounds_are_taken() -> None:
    assert [page_size(None), page_size(1), page_size(100)] == [25, 1, 100]
