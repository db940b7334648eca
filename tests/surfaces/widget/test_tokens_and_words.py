"""The small pure parts: numbers as typed, errors as told."""

import pytest

from app.kernel.errors import FieldError
from app.kernel.wording import for_people
from app.widget.forms import as_meant, plain_number


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3500", "3500"),
        (" £3,500 ", "3500"),
        ("3.500 €", "3500"),
        ("3'500", "3500"),
        ("1,234,567.89", "1234567.89"),
        ("2.500,50", "2500.50"),
        ("3500.5", "3500.5"),
        ("about 3000", "about 3000"),
        ("3,5", "3,5"),
        ("", ""),
    ],
)
def test_numbers_lose_their_decoration_and_nothing_else(typed: str, meant: str) -> None:
    assert plain_number(typed) == meant


def test_only_number_fields_are_touched() -> None:
    assert as_meant({"budget": "£1,000", "message": "£1,000", "guest_count": 7}) == {
        "budget": "1000",
        "message": "£1,000",
        "guest_count": 7,
    }


@pytest.mark.parametrize(
    ("code", "said", "told"),
    [
        ("missing", "Field required", "Please fill this in."),
        (
            "string_too_long",
            "String should have at most 255 characters",
            "This should have at most 255 characters.",
        ),
        (
            "greater_than_equal",
            "Input should be greater than or equal to 0",
            "This should be greater than or equal to 0.",
        ),
        ("value_error", "give an e-mail address", "Give an e-mail address."),
    ],
)
def test_errors_keep_the_bound_and_lose_the_jargon(code: str, said: str, told: str) -> None:
    assert for_people(FieldError("x", code, said)) == FieldError("x", code, told)
