"""The fields a rule may ask about: their type, and how PostgreSQL reads them from a lead.

One registry for the compiler, the validation of rules and, later, the rule editor and its docs.
`custom_fields.<path>` and `source_details.<path>` are fields too: what JSON holds there.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Date, Numeric, Text, case, cast, func, literal, select

from app.kernel.errors import InvalidInput
from app.models.leads import Lead
from app.models.sources import LeadSource


class Kind(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    BOOLEAN = "boolean"
    LIST = "list"
    JSON = "json"


@dataclass(frozen=True)
class AsOf:
    """The moment a score is computed for: the instant, and the day it is in the supplier's zone."""

    now: datetime
    today: date
    timezone: str


@dataclass(frozen=True)
class ScoringField:
    name: str
    kind: Kind
    read: Callable[[AsOf], ColumnElement[Any]]


def _column(name: str) -> Callable[[AsOf], ColumnElement[Any]]:
    column = getattr(Lead, name)
    return lambda _as_of: column


_BY_KIND = {
    Kind.NUMBER: (
        "estimated_budget",
        "estimated_guest_count",
        "quality_rating",
        "total_interactions",
        "email_opens",
        "email_clicks",
        "website_visits",
    ),
    Kind.TEXT: (
        "lead_status",
        "priority_level",
        "budget_range",
        "couple_name_bride",
        "couple_name_groom",
        "primary_email",
        "secondary_email",
        "primary_phone",
        "secondary_phone",
        "preferred_contact_method",
        "wedding_venue",
        "wedding_location",
        "specific_requirements",
        "additional_notes",
    ),
    Kind.DATE: ("wedding_date",),
    Kind.BOOLEAN: ("consent_marketing", "consent_data_processing", "automation_paused"),
    Kind.LIST: ("services_needed", "tags"),
}


def _source(_as_of: AsOf) -> ColumnElement[Any]:
    """The slug of the lead's source, however the source was named; without one, what was said."""
    slug = select(LeadSource.slug).where(
        LeadSource.supplier_id == Lead.supplier_id, LeadSource.id == Lead.lead_source_id
    )
    return func.coalesce(slug.correlate(Lead).scalar_subquery(), Lead.lead_source)


def _days_until_wedding(as_of: AsOf) -> ColumnElement[Any]:
    return Lead.wedding_date - literal(as_of.today, Date)


def _days_since(column: Any) -> Callable[[AsOf], ColumnElement[Any]]:
    return lambda as_of: literal(as_of.today, Date) - cast(func.timezone(as_of.timezone, column), Date)


FIELDS: dict[str, ScoringField] = {
    **{name: ScoringField(name, kind, _column(name)) for kind, names in _BY_KIND.items() for name in names},
    "lead_source": ScoringField("lead_source", Kind.TEXT, _source),
    "days_until_wedding": ScoringField("days_until_wedding", Kind.NUMBER, _days_until_wedding),
    "days_since_inquiry": ScoringField("days_since_inquiry", Kind.NUMBER, _days_since(Lead.created_at)),
    "days_since_last_contact": ScoringField(
        "days_since_last_contact", Kind.NUMBER, _days_since(Lead.last_contact_at)
    ),
}

_PATH = re.compile(r"(custom_fields|source_details)((?:\.[A-Za-z0-9_\-]{1,64}){1,5})")


def field(name: str) -> ScoringField:
    """The field of that name; InvalidInput when there is none."""
    if name in FIELDS:
        return FIELDS[name]
    path = _PATH.fullmatch(name)
    if not path:
        raise InvalidInput.of(
            "criteria_field", "unknown_field", f"'{name}' is not a field that can be scored."
        )
    column, keys = getattr(Lead, path[1]), path[2].lstrip(".").split(".")
    return ScoringField(name, Kind.JSON, lambda _as_of: column[tuple(keys)])


def as_text(kind: Kind, value: Any) -> ColumnElement[Any]:
    """The value as lower-case text; JSON strings without their quotes."""
    return func.lower(value.astext if kind is Kind.JSON else value)


def as_shown(kind: Kind, value: Any) -> ColumnElement[Any]:
    """The value as a person reads it in an explanation; the items of a list with commas between them."""
    if kind is Kind.LIST:
        return func.array_to_string(value, ", ")
    return cast(value.astext if kind is Kind.JSON else value, Text)


def as_number(kind: Kind, value: Any) -> Any:
    """The value as a number; what JSON holds counts only when it is one."""
    if kind is not Kind.JSON:
        return value
    is_number = func.jsonb_typeof(value) == "number"
    return case((is_number, cast(value.astext, Numeric)))
