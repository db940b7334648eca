"""What a search asks for, word by word."""

import pytest

from app.leads.words import Term, fold, terms


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Zoë ÉCLAT", "zoe eclat"),
        ("Ипек", "ипек"),
        ("Łódź", "łodz"),
        ("Ольга", "ольга"),
        ("Zoe\u0308", "zoe"),
    ],
)
def test_case_and_accents_do_not_count(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_each_word_is_a_term_of_its_own() -> None:
    assert terms("  Ada  Bath\t100% ") == [Term(("ada",)), Term(("bath",)), Term(("100%",))]


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("07700 900123", "7700900123"),
        ("07700900123", "7700900123"),
        ("(07700) 900-123", "7700900123"),
        ("+44 (0)7700 900 123", "447700900123"),
        ("0044 7700 900123", "447700900123"),
        ("+447700900123", "447700900123"),
        ("0770", "770"),
    ],
)
def test_a_telephone_number_is_known_however_it_is_typed(typed: str, digits: str) -> None:
    [term] = terms(typed)
    assert (term.digits, term.is_number) == (digits, True)


@pytest.mark.parametrize("typed", ["120", "07", "2", "4 2"])
def test_too_few_digits_or_none_to_leave_out_are_words_alone(typed: str) -> None:
    [term] = terms(typed)
    assert term.digits == ""


def test_numbers_beside_words_stay_together() -> None:
    assert terms("ada 07700 900123 bath") == [
        Term(("ada",)),
        Term(("07700", "900123"), "7700900123", is_number=True),
        Term(("bath",)),
    ]


def test_further_words_are_passed_over() -> None:
    assert len(terms("a b c d e f g h i j")) == 8


@pytest.mark.parametrize("nothing", [None, "", "   ", "\u0301"])
def test_nothing_is_asked_for(nothing: str | None) -> None:
    assert terms(nothing) == []
