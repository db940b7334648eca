"""Which submissions are suspect, and that ordinary couples are not."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.capture.schemas import InquiryForm, Submission
from app.capture.spam import is_dialled, is_disposable, is_gibberish, reasons, reasons_of_text
from app.models.choices import InquiryChannel

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def submission(form: dict[str, Any] | None = None, **marks: Any) -> Submission:
    said = {"your_name": "Emma Clarke", "partner_name": "Liam Jones", "email": "emma@example.com"}
    return Submission(
        form=InquiryForm.model_validate(said | (form or {})),
        **({"idempotency_key": "0123456789", "seconds_to_fill": 40.0} | marks),
    )


def test_an_ordinary_inquiry_is_not_suspect() -> None:
    assert reasons(submission({"message": "See https://example.com/board and www.example.com!"}), NOW) == []


@pytest.mark.parametrize(
    ("form", "marks", "code"),
    [
        ({}, {"honeypot": "https://pills.example"}, "honeypot"),
        ({}, {"seconds_to_fill": 1.9}, "too_fast"),
        ({"message": "http://a.example http://b.example [url=x]c[/url]"}, {}, "many_links"),
        ({"your_name": "Win at www.casino.example"}, {}, "link_in_name"),
        ({"partner_name": "casino-bonus.xyz"}, {}, "link_in_name"),
        ({"email": "x@mailinator.com"}, {}, "disposable_address"),
        ({"email": "x@eu.mailinator.com"}, {}, "disposable_address"),
        ({"your_name": "Robertcor", "partner_name": "robertcor"}, {}, "identical_names"),
        ({"your_name": "gLoRiOuSbUy"}, {}, "gibberish"),
        ({"your_name": "Xkcdfghjk"}, {}, "gibberish"),
        ({"wedding_date": date(1987, 5, 5)}, {}, "date_long_past"),
    ],
)
def test_each_mark_of_spam_is_named(form: dict[str, Any], marks: dict[str, Any], code: str) -> None:
    assert reasons(submission(form, **marks), NOW) == [code]


def test_all_reasons_are_given_at_once() -> None:
    suspect = submission({"email": "x@yopmail.com"}, honeypot="x", seconds_to_fill=0.2)
    assert reasons(suspect, NOW) == ["honeypot", "too_fast", "disposable_address"]


def test_two_seconds_are_enough() -> None:
    assert reasons(submission(seconds_to_fill=2.0), NOW) == []


def test_time_says_nothing_where_there_is_no_form() -> None:
    assert reasons(submission(seconds_to_fill=None, channel=InquiryChannel.EMAIL), NOW) == []


def test_two_links_are_not_many() -> None:
    assert reasons(submission({"message": "https://a.example and https://b.example"}), NOW) == []


def test_a_text_is_looked_at_for_links_and_for_who_sent_it() -> None:
    links = "http://a.example http://b.example http://c.example"
    assert reasons_of_text("+447400123456", "See https://example.com/board") == []
    assert reasons_of_text("+447400123456", links) == ["many_links"]
    assert reasons_of_text("BANK", links) == ["no_number", "many_links"]


@pytest.mark.parametrize("number", ["+447400123456", "+15005550006", "+4915123456789", "+39061234567"])
def test_a_number_of_full_length_is_dialled(number: str) -> None:
    assert is_dialled(number)


@pytest.mark.parametrize(
    "sender",
    [
        *("", "BANK", "72345", "+72345", "447400123456", "+44740012345678", "+15550000", "+999123456789"),
        *("+44740012345x", "+\uff14\uff147400123456", "+" + "4" * 90),
    ],
)
def test_short_codes_and_names_are_dialled_by_nobody(sender: str) -> None:
    assert not is_dialled(sender)


def test_a_wedding_that_was_is_no_crime() -> None:
    assert reasons(submission({"wedding_date": date(2024, 6, 1)}), NOW) == []


@pytest.mark.parametrize(
    "name",
    [
        "Krzysztof Wiśniewski",
        "Ng Wei Xuan",
        "Siobhán O'Shaughnessy",
        "Jean-Luc MacDonald",
        "LeAnn McDonald",
        "Björn Ångström",
        "Vlk",
        "Hirschsprung",
        "李小龙",
        "EMMA & LIAM",
        "Dr. St. John Smythe",
    ],
)
def test_names_of_this_world_are_not_gibberish(name: str) -> None:
    assert not is_gibberish(name)
    assert reasons(submission({"your_name": name}), NOW) == []


@pytest.mark.parametrize("address", ["a@gmail.com", "a@notmailinator.com", "a@mailinator.com.example.org"])
def test_look_alikes_of_disposable_domains_pass(address: str) -> None:
    assert not is_disposable(address)
