"""How the lead page writes days, hours and what entries carry with them."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Flask
from markupsafe import Markup

from app.kernel import clock
from app.kernel.zones import day_of
from app.models.choices import OPEN_STATUSES
from app.web.formats import hour, moment, money, time_tag, weekday
from app.web.reasons import why
from app.web.viewer import viewer

AVAILABILITY = {
    "open": ("Free", "green"),
    "held": ("Held", "yellow"),
    "booked": ("Booked", "grey"),
    "blocked": ("Blocked", "red"),
    "unknown": ("No date", "grey"),
}
"""What a day of the calendar is called, and its tone."""
SCORE_CAUSES = {
    "change": "the lead changed",
    "rules": "the rules changed",
    "asked": "all were scored again",
    "night": "a day passed",
    "day": "something changed about their date",
}
"""Why a score moved."""
STEP_ICONS = {
    "SendEmail": "mail",
    "SendSms": "message-2",
    "MakeTask": "checkbox",
    "AdjustScore": "gauge",
    "ChangeStatus": "arrows-exchange",
    "ChangeTags": "tag",
    "Unreadable": "alert-circle",
}
"""What a step does, by the name of its action in the engine."""
MOST = Decimal("1e12")
"""No sum is this large; a program may have written any number into an entry."""


def install(app: Flask) -> None:
    filters = (calendar_day, clock_time, planned, amount, why)
    app.jinja_env.filters.update({one.__name__: one for one in filters})
    app.jinja_env.globals.update(
        AVAILABILITY=AVAILABILITY,
        OPEN_STATUSES=OPEN_STATUSES,
        SCORE_CAUSES=SCORE_CAUSES,
        STEP_ICONS=STEP_ICONS,
    )


def calendar_day(on: date) -> str:
    """`Today`, `Yesterday`, or the day with its weekday; the year where it is not this one."""
    today = day_of(clock.now(), viewer().zone)
    ago = (today - on).days
    if ago in (0, 1):
        return ("Today", "Yesterday")[ago]
    return weekday(on, year=on.year != today.year)


def clock_time(at: datetime) -> Markup:
    """The hour on the supplier's clock; the whole moment is its title."""
    return time_tag(at, hour(at))


def planned(at: Any) -> str:
    """An instant that an entry carries as text; as it is, where it is none."""
    try:
        found = datetime.fromisoformat(str(at))
        return moment(found) if found.tzinfo else str(at)
    except (ValueError, OverflowError):  # the first and the last day of all are none elsewhere
        return str(at)


def amount(value: Any) -> str:
    """Money that an entry carries as text; as it is, where it is none."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    return money(found) if found.is_finite() and abs(found) < MOST else str(value)
