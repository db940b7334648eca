"""The values that rules ask for and leads have, as a person writes them: money, dates, names, codes."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from app.kernel.db import db
from app.kernel.errors import InvalidInput
from app.leads import queries
from app.models.choices import CriteriaOperator as Op
from app.scoring.fields import Kind, ScoringField, field
from app.web.formats import budget_range, day, money, words

Names = Mapping[str, str]
"""The names of sources, by what leads and rules call them: slug or name in lower case."""

YES = frozenset({"true", "yes", "1"})
SINCE = ("days_since_inquiry", "days_since_last_contact")
DAYS = ("days_until_wedding", *SINCE)
"""Numbers of days from today: they are told as when something is or was."""
MONEY = frozenset({"estimated_budget"})
STATES = {
    "date_is_free": ("the date is free", "the date is taken"),
    "consent_marketing": ("they agreed to marketing", "they did not agree to marketing"),
    "consent_data_processing": ("they agreed to data processing", "they did not agree to data processing"),
    "automation_paused": ("automation is paused", "automation is not paused"),
}
"""What yes and no of a field mean, in words."""
COUNTS = frozenset(
    (
        *("website_visits", "email_opens", "email_clicks", "total_interactions"),
        *("replies_30d", "human_clicks_30d", "rival_leads"),
    )
)
"""Numbers of things, whose label is the things: `E-mails opened`."""
PLURALS = frozenset({"services_needed", "tags", "specific_requirements", "additional_notes"})


def source_names() -> dict[str, str]:
    """Of the viewer's supplier."""
    sources = queries.sources(db.session())
    return {key: one.source_name for one in sources for key in (one.slug, one.source_name.lower())}


def known(name: str) -> ScoringField | None:
    """The field, unless it is one that cannot be scored any more."""
    try:
        return field(name)
    except InvalidInput:
        return None


def label(name: str) -> str:
    """How people call the field."""
    asked = known(name)
    return asked.label if asked else words(name.rpartition(".")[2])


def is_plural(name: str) -> bool:
    return name in PLURALS or name in COUNTS


def state(name: str, text: str) -> str:
    """What yes or no of that field means: `the date is taken`."""
    is_so = text.strip().lower() in YES
    if name in STATES:
        return STATES[name][not is_so]
    return f"{label(name)} is {'yes' if is_so else 'no'}"


def value(name: str, text: str, names: Names) -> str:
    """One value of that field; what cannot be read as one stands as it is."""
    text, asked = text.strip(), known(name)
    if name == "lead_source":
        return names.get(text.lower()) or words(text)
    if name == "budget_range":
        return budget_range(text)
    if asked is None:
        return text
    if asked.choices:
        return words(text)
    if asked.kind is Kind.BOOLEAN:
        return "Yes" if text.lower() in YES else "No"
    if asked.kind is Kind.DATE:
        return _day(text)
    return _number(name, text) if asked.kind is Kind.NUMBER else text


def values(name: str, op: Op, text: str, names: Names) -> list[str]:
    """What the operator compares with: one value, or those of a list or range."""
    parts = text.split(",") if op in (Op.IN_LIST, Op.BETWEEN) else [text]
    return [value(name, part, names) for part in parts if part.strip()]


def listed(items: list[str]) -> str:
    """`A`, `A or B`, `A, B or C`."""
    return f"{', '.join(items[:-1])} or {items[-1]}" if len(items) > 1 else "".join(items)


def _day(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


def _number(name: str, text: str) -> str:
    try:
        number = Decimal(text.replace("_", ""))
    except InvalidOperation:
        return text
    return money(number) if name in MONEY else f"{number.normalize():,f}"
