"""The fields a rule may ask about: their type, how PostgreSQL reads them, and how people call them.

One registry for the compiler, the checks, the rule editor, the sentences, the API and docs/scoring.md.
`custom_fields.<path>` and `source_details.<path>` are fields too: what JSON holds there.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Numeric, Text, case, cast, func

from app.kernel.errors import InvalidInput
from app.models.choices import ContactMethod, CriteriaOperator, CriteriaType, LeadStatus, Priority
from app.models.leads import BUDGET_RANGES, Lead
from app.scoring import facts
from app.scoring.facts import AsOf, Reader


class Kind(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    BOOLEAN = "boolean"
    LIST = "list"
    JSON = "json"


_SET = (CriteriaOperator.IS_SET, CriteriaOperator.NOT_SET)
_SAME = (CriteriaOperator.EQUALS, CriteriaOperator.NOT_EQUALS, CriteriaOperator.IN_LIST)
_RANGE = (CriteriaOperator.GREATER_THAN, CriteriaOperator.LESS_THAN, CriteriaOperator.BETWEEN)
OPERATORS: dict[Kind, tuple[CriteriaOperator, ...]] = {
    Kind.NUMBER: (*_RANGE, *_SAME, *_SET),
    Kind.TEXT: (CriteriaOperator.CONTAINS, *_SAME, *_SET),
    Kind.DATE: (*_RANGE, *_SAME, *_SET),
    Kind.BOOLEAN: (*_SAME, *_SET),
    Kind.LIST: (CriteriaOperator.CONTAINS, CriteriaOperator.IN_LIST, *_SAME[:2], *_SET),
    Kind.JSON: (*_RANGE, CriteriaOperator.CONTAINS, *_SAME, *_SET),
}
"""What a field of each kind may be asked, in the order of the editor."""


@dataclass(frozen=True)
class ScoringField:
    """`low` and `high` are the values a number may have, `choices` the words a text may be; none is any.

    `label` begins a sentence. `ask` is how the supplier learns what is missing, `deed` what it can do about
    the value at any time.
    """

    name: str
    kind: Kind
    read: Reader
    label: str
    about: CriteriaType
    low: Decimal | None = None
    high: Decimal | None = None
    choices: tuple[str, ...] = ()
    ask: str = ""
    deed: str = ""

    @property
    def operators(self) -> tuple[CriteriaOperator, ...]:
        return OPERATORS[self.kind]


def _column(name: str) -> Reader:
    column = getattr(Lead, name)
    return lambda _as_of: column


def _number(
    name: str, label: str, about: CriteriaType, *, read: Reader | None = None, **more: Any
) -> ScoringField:
    more["low"] = Decimal(more.get("low", 0)) if more.get("low", 0) is not None else None
    more["high"] = Decimal(more["high"]) if "high" in more else None
    return ScoringField(name, Kind.NUMBER, read or _column(name), label, about, **more)


def _of(kind: Kind) -> Callable[..., ScoringField]:
    def make(
        name: str, label: str, about: CriteriaType, *, read: Reader | None = None, **more: Any
    ) -> ScoringField:
        return ScoringField(name, kind, read or _column(name), label, about, **more)

    return make


_text, _boolean, _list, _date = _of(Kind.TEXT), _of(Kind.BOOLEAN), _of(Kind.LIST), _of(Kind.DATE)
_DEMOGRAPHIC, _BEHAVIORAL, _ENGAGEMENT = (
    CriteriaType.DEMOGRAPHIC,
    CriteriaType.BEHAVIORAL,
    CriteriaType.ENGAGEMENT,
)
_WEDDING, _BUDGET, _TIMELINE = CriteriaType.WEDDING_DETAILS, CriteriaType.BUDGET, CriteriaType.TIMELINE
_ASK = "Ask the couple."

FIELDS: dict[str, ScoringField] = {
    field.name: field
    for field in (
        _number("estimated_budget", "Budget", _BUDGET, ask="Ask what they plan to spend."),
        _text("budget_range", "Budget range", _BUDGET, choices=BUDGET_RANGES, ask="Ask what they spend."),
        _number("estimated_guest_count", "Guest count", _WEDDING, ask="Ask how many guests they expect."),
        _date("wedding_date", "Wedding date", _WEDDING, ask="Ask for the date."),
        _number(
            "days_until_wedding", "Days until the wedding", _TIMELINE,
            read=facts.days_until_wedding, low=None, ask="Ask for the date.",
        ),
        _boolean(
            "date_is_free", "The date is free", _WEDDING, read=facts.date_is_free, ask="Ask for the date."
        ),
        _number(
            "rival_leads", "Other leads that day", _WEDDING, read=facts.rival_leads, ask="Ask for the date."
        ),
        _text("wedding_venue", "Venue", _WEDDING, ask="Ask where they marry."),
        _text("wedding_location", "Location", _WEDDING, ask="Ask where they marry."),
        _list("services_needed", "Services", _WEDDING, ask="Ask what they need."),
        _text("specific_requirements", "Requirements", _WEDDING, ask=_ASK),
        _text("lead_source", "Source", _BEHAVIORAL, read=facts.source),
        _number("website_visits", "Website visits", _BEHAVIORAL),
        _number("email_opens", "E-mails opened", _ENGAGEMENT),
        _number("email_clicks", "E-mails clicked", _ENGAGEMENT),
        _number("human_clicks_30d", "Clicks in 30 days", _ENGAGEMENT, read=facts.human_clicks_30d),
        _number(
            "replies_30d", "Replies in 30 days", _ENGAGEMENT,
            read=facts.replies_30d, deed="Write something that asks for an answer.",
        ),
        _number("total_interactions", "Interactions", _ENGAGEMENT, deed="Get in touch."),
        _number(
            "days_since_inquiry", "Days since the inquiry", _TIMELINE,
            read=facts.days_since(Lead.created_at), low=None,
        ),
        _number(
            "days_since_last_contact", "Days since the last contact", _ENGAGEMENT,
            read=facts.days_since(Lead.last_contact_at), low=None, deed="Get in touch.",
        ),
        _text("lead_status", "Status", _BEHAVIORAL, choices=tuple(LeadStatus)),
        _text("priority_level", "Priority", _BEHAVIORAL, choices=tuple(Priority)),
        _number("quality_rating", "Quality rating", _BEHAVIORAL, low=1, high=5, ask="Rate the lead."),
        _list("tags", "Tags", _BEHAVIORAL),
        _text("couple_name_bride", "First partner's name", _DEMOGRAPHIC, ask=_ASK),
        _text("couple_name_groom", "Second partner's name", _DEMOGRAPHIC, ask=_ASK),
        _text("primary_email", "E-mail", _DEMOGRAPHIC, ask=_ASK),
        _text("secondary_email", "Second e-mail", _DEMOGRAPHIC, ask=_ASK),
        _text("primary_phone", "Phone", _DEMOGRAPHIC, ask="Ask for a number."),
        _text("secondary_phone", "Second phone", _DEMOGRAPHIC, ask="Ask for a number."),
        _text(
            "preferred_contact_method", "Contact by", _DEMOGRAPHIC, choices=tuple(ContactMethod), ask=_ASK
        ),
        _text("additional_notes", "Notes", _DEMOGRAPHIC),
        _boolean("consent_marketing", "Agreed to marketing", _ENGAGEMENT),
        _boolean("consent_data_processing", "Agreed to data processing", _ENGAGEMENT),
        _boolean("automation_paused", "Automation paused", _ENGAGEMENT),
    )
}  # fmt: skip

PATHS = ("custom_fields", "source_details")
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
    about = CriteriaType.DEMOGRAPHIC if path[1] == "custom_fields" else CriteriaType.BEHAVIORAL
    label = keys[-1].replace("_", " ").replace("-", " ").strip().capitalize() or name
    return ScoringField(name, Kind.JSON, lambda _as_of: column[tuple(keys)], label, about)


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


__all__ = [
    "FIELDS",
    "OPERATORS",
    "PATHS",
    "AsOf",
    "Kind",
    "ScoringField",
    "as_number",
    "as_shown",
    "as_text",
    "field",
]
