"""How pages write money, dates and words: in the supplier's currency, zone and locale (CLDR, by Babel).

Words are English, like the pages; numbers and calendar dates follow the supplier's locale.
"""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import phonenumbers
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent
from flask import Flask
from markupsafe import Markup

from app.kernel import clock
from app.kernel.zones import day_of
from app.models.choices import OPEN_STATUSES
from app.models.leads import BUDGET_RANGES, Lead
from app.web.viewer import viewer

WORDS = Locale("en", "GB")
JUST_NOW = timedelta(seconds=30)
SPELLED = {"Email Address": "E-mail", "Email": "E-mail", "Sms": "SMS", "Utm": "UTM"}
_SPELLING = re.compile("|".join(SPELLED))
PLAIN = {
    "lease_expired": "No answer came",
    "confirmed_by_hand": "Somebody here says that it arrived",
    "asked_for_again": "Sent again by hand",
    "accepted": "Sent",
    "captured": "Became a lead",
    "claimed": "Being sent",
    "complained": "Marked as spam",
    "due": "Waiting",
    "quarantined": "Put aside",
}
"""What a code is called where its own name is that of a program's part."""


def install(app: Flask) -> None:
    filters = (
        *(money, day, date_of, moment, ago, lasting, hour, weekday, countdown, words, spelled),
        *(budget_range, percent, points, figure, phone),
    )
    app.jinja_env.filters.update({f.__name__: f for f in filters})
    app.jinja_env.globals.update(overdue=overdue, is_past=is_past)


def locale() -> Locale:
    try:
        return Locale.parse(viewer().locale, sep="-")
    except (ValueError, UnknownLocaleError):
        return WORDS


def money(amount: Decimal | None, nothing: str = "Not specified") -> str:
    """£3,500, or £3,500.50 when there are pence."""
    if amount is None:
        return nothing
    where = locale()
    pattern = str(where.currency_formats["standard"].pattern)
    if amount == amount.to_integral_value():
        pattern = pattern.replace(".00", "")
    return format_currency(amount, viewer().currency, pattern, locale=where, currency_digits=False)


def day(on: date | None, nothing: str = "Not set") -> str:
    """A calendar day: 14 Jun 2027."""
    return format_date(on, "medium", locale=locale()) if on else nothing


def weekday(on: date, *, year: bool = False) -> str:
    """Friday 12 June, and the year when asked for."""
    return format_date(on, "EEEE d MMMM y" if year else "EEEE d MMMM", locale=WORDS)


def hour(at: datetime) -> str:
    """The time of day in the supplier's zone: 14:00."""
    return format_time(at.astimezone(viewer().zone), "short", locale=locale())


def moment(at: datetime | None, nothing: str = "Never") -> Markup | str:
    """An instant as a `<time>` in the supplier's zone; the full date is its title."""
    if at is None:
        return nothing
    return time_tag(at, at_of(at))


def at_of(at: datetime) -> str:
    """The day and hour of an instant, in the supplier's zone."""
    local = at.astimezone(viewer().zone)
    return f"{format_date(local, 'medium', locale=locale())}, {format_time(local, 'short', locale=locale())}"


def ago(at: datetime | None, nothing: str = "Never") -> Markup | str:
    """`3 hours ago`, `in 2 days` or `just now`, with the instant as title."""
    if at is None:
        return nothing
    away = at - clock.now()
    text = format_timedelta(away, add_direction=True, locale=WORDS)
    return time_tag(at, "just now" if abs(away) < JUST_NOW else text)


def lasting(span: timedelta | None, nothing: str = "Never") -> str:
    """`3 hours`, `2 weeks`: how long something took or waits."""
    return nothing if span is None else format_timedelta(span, locale=WORDS)


def time_tag(at: datetime, text: str) -> Markup:
    """An instant as a `<time>` that says this; the full date in the supplier's zone is its title."""
    local = at.astimezone(viewer().zone)
    full = format_datetime(local, "full", locale=locale())
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), full, text)


def countdown(on: date) -> str:
    """`in 213 days`, `today`, `12 days ago`, counted in the supplier's calendar."""
    days = (on - day_of(clock.now(), viewer().zone)).days
    if days in (-1, 0, 1):
        return {-1: "yesterday", 0: "today", 1: "tomorrow"}[days]
    return f"in {days:,} days" if days > 0 else f"{-days:,} days ago"


def words(code: str | StrEnum | None) -> str:
    """`proposal_sent` as `Proposal sent`, `accepted` as `Sent`."""
    return PLAIN.get(str(code or "")) or spelled(str(code or "").replace("_", " ").capitalize())


def spelled(text: object) -> str:
    """A label in our spelling: libraries write `Email Address`."""
    return _SPELLING.sub(lambda match: SPELLED[match[0]], str(text))


def budget_range(code: str) -> str:
    """`2500_5000` as £2,500 to £5,000; also `Under £1,000` and `£10,000 or more`."""
    if code not in BUDGET_RANGES:
        return code
    low, high = code.split("_")
    if low == "under":
        return f"Under {money(Decimal(high))}"
    return f"{money(Decimal(low))} " + ("or more" if high == "plus" else f"to {money(Decimal(high))}")


def percent(share: float | Decimal | None, nothing: str = "No data yet") -> str:
    """0.1825 as 18.3%."""
    return nothing if share is None else format_percent(share, "#,##0.0%", locale=locale())


def figure(number: int) -> str:
    """12,345, or 12.345 in German."""
    return format_decimal(number, locale=locale())


def phone(number: str) -> str:
    """With spaces as people read it: as dialled at home, or with the country's code from abroad."""
    region = viewer().locale.rpartition("-")[2]
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return number
    if not phonenumbers.is_possible_number(parsed):
        return number
    is_ours = phonenumbers.country_code_for_region(region) == parsed.country_code
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if is_ours else form.INTERNATIONAL)


def points(value: Decimal | int) -> str:
    """+20, -7.5, 0."""
    return f"{Decimal(value).normalize():+f}" if value else "0"


def date_of(at: datetime | None, nothing: str = "Never") -> str:
    """The calendar day of an instant, in the supplier's zone."""
    return day(day_of(at, viewer().zone) if at else None, nothing)


def is_past(at: datetime) -> bool:
    return at < clock.now()


def overdue(lead: Lead) -> bool:
    """Is a follow-up late? That of a closed lead never is."""
    due = lead.next_follow_up_at
    return due is not None and lead.lead_status in OPEN_STATUSES and is_past(due)
