"""Money, days and words as pages write them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.actor import system
from app.models.choices import InteractionType
from app.web import formats
from app.web.viewer import Viewer

NEW_YEAR = datetime(2027, 1, 1, 0, 30, tzinfo=UTC)


@pytest.fixture
def viewer(app: Flask) -> Iterator[Viewer]:
    london = Viewer(system(uuid7()), uuid7(), "Olive", "Rosewood", ZoneInfo("Europe/London"), "GBP", "en-GB")
    with app.test_request_context(), clock.at(NEW_YEAR):
        g.viewer = london
        yield london


@pytest.mark.parametrize(
    ("locale", "currency", "amount", "shown"),
    [
        ("en-GB", "GBP", "3500", "£3,500"),
        ("en-GB", "GBP", "3500.00", "£3,500"),
        ("en-GB", "GBP", "3500.5", "£3,500.50"),
        ("en-GB", "GBP", "0", "£0"),
        ("de-DE", "EUR", "1234567.89", "1.234.567,89\u00a0€"),
        ("fr-FR", "EUR", "3500", "3\u202f500\u00a0€"),
        ("en-US", "USD", "12000", "$12,000"),
        ("xx-YY", "GBP", "5", "£5"),
    ],
)
def test_money_is_in_the_suppliers_currency_and_way(
    viewer: Viewer, locale: str, currency: str, amount: str, shown: str
) -> None:
    g.viewer = replace(viewer, locale=locale, currency=currency)
    assert formats.money(Decimal(amount)) == shown


@pytest.mark.parametrize(("locale", "shown"), [("en-GB", "12,345"), ("de-DE", "12.345")])
def test_a_count_is_written_the_suppliers_way(viewer: Viewer, locale: str, shown: str) -> None:
    g.viewer = replace(viewer, locale=locale)
    assert formats.figure(12345) == shown


def test_no_money_is_not_no_amount(viewer: Viewer) -> None:
    assert formats.money(None) == "Not specified"


@pytest.mark.parametrize(
    ("on", "shown"),
    [
        (date(2027, 1, 1), "today"),
        (date(2027, 1, 2), "tomorrow"),
        (date(2026, 12, 31), "yesterday"),
        (date(2030, 1, 1), "in 1,096 days"),
        (date(2026, 12, 20), "12 days ago"),
    ],
)
def test_days_are_counted_in_the_suppliers_calendar(viewer: Viewer, on: date, shown: str) -> None:
    assert formats.countdown(on) == shown


def test_across_the_ocean_it_is_still_last_year(viewer: Viewer) -> None:
    g.viewer = replace(viewer, zone=ZoneInfo("America/New_York"))
    assert formats.countdown(date(2026, 12, 31)) == "today"
    assert formats.date_of(NEW_YEAR) == "31 Dec 2026"
    assert "31 Dec 2026, 19:30" in formats.moment(NEW_YEAR)


def test_an_instant_says_how_long_ago_and_when_exactly(viewer: Viewer) -> None:
    shown = formats.ago(NEW_YEAR - timedelta(hours=3))
    assert ">3 hours ago</time>" in shown
    assert 'datetime="2026-12-31T21:30:00+00:00"' in shown
    assert ">just now<" in formats.ago(NEW_YEAR - timedelta(seconds=5))
    assert ">in 2 days<" in formats.ago(NEW_YEAR + timedelta(days=2))


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (InteractionType.PROPOSAL_SENT, "Proposal sent"),
        (InteractionType.EMAIL_SENT, "E-mail sent"),
        ("sms_received", "SMS received"),
        ("utm_source", "UTM source"),
        (None, ""),
    ],
)
def test_codes_read_as_words(code: str | None, shown: str) -> None:
    assert formats.words(code) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Decimal("20.00"), "+20"), (Decimal("-7.50"), "-7.5"), (Decimal("0.00"), "0"), (100, "+100")],
)
def test_points_carry_their_sign(value: Decimal | int, shown: str) -> None:
    assert formats.points(value) == shown


@pytest.mark.parametrize(
    ("locale", "number", "shown"),
    [
        ("en-GB", "+442079460958", "020 7946 0958"),
        ("en-GB", "+447700900398", "07700 900398"),
        ("en-GB", "+33142685300", "+33 1 42 68 53 00"),
        ("fr-FR", "+33142685300", "01 42 68 53 00"),
        ("en-GB", "12345", "12345"),
        ("xx-YY", "ask at the bar", "ask at the bar"),
    ],
)
def test_a_phone_is_written_as_people_there_dial_it(
    viewer: Viewer, locale: str, number: str, shown: str
) -> None:
    g.viewer = replace(viewer, locale=locale)
    assert formats.phone(number) == shown
