"""The words a template may use, each with what it says and what it says when the lead is silent.

Dates and money are written in the supplier's language and currency.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency

from app.kernel.zones import day_of, zone
from app.models.accounts import Supplier
from app.models.leads import Lead


@dataclass(frozen=True)
class Subject:
    """What a message is about."""

    lead: Lead
    supplier: Supplier
    now: datetime

    @property
    def locale(self) -> Locale:
        return Locale.parse(self.supplier.locale, sep="-")


@dataclass(frozen=True)
class Token:
    """A word of templates; `read` gives None when the lead does not say."""

    name: str
    says: str
    fallback: str
    read: Callable[[Subject], str | None]


def _couple(about: Subject) -> str | None:
    return " & ".join(filter(None, (about.lead.couple_name_bride, about.lead.couple_name_groom))) or None


def _wedding_date(about: Subject) -> str | None:
    day = about.lead.wedding_date
    return format_date(day, "long", locale=about.locale) if day else None


def _budget(about: Subject) -> str | None:
    budget = about.lead.estimated_budget
    return None if budget is None else money(budget, about.supplier.currency, about.locale)


def _days_since_inquiry(about: Subject) -> str | None:
    where = zone(about.supplier.timezone)
    return str((day_of(about.now, where) - day_of(about.lead.created_at, where)).days)


def money(amount: Decimal, currency: str, locale: Locale) -> str:
    """The amount as people of that language write it, without pence when it has none."""
    pattern = locale.currency_formats["standard"].pattern
    if amount % 1 == 0:
        return format_currency(
            amount, currency, pattern.replace(".00", ""), locale=locale, currency_digits=False
        )
    return format_currency(amount, currency, pattern, locale=locale)


TOKENS = {
    token.name: token
    for token in (
        Token("couple_names", "Both first names, joined by &", "there", _couple),
        Token("bride_name", "The first partner's name", "there", lambda a: a.lead.couple_name_bride),
        Token("groom_name", "The second partner's name", "there", lambda a: a.lead.couple_name_groom),
        Token("wedding_date", "The day, written out", "your special day", _wedding_date),
        Token("wedding_venue", "The venue", "your venue", lambda a: a.lead.wedding_venue),
        Token("wedding_location", "Town or region", "your location", lambda a: a.lead.wedding_location),
        Token("estimated_budget", "The budget in your currency", "your budget", _budget),
        Token(
            "services_needed",
            "The services they asked for",
            "what you have in mind",
            lambda a: ", ".join(a.lead.services_needed) or None,
        ),
        Token("days_since_inquiry", "Days since they first wrote", "0", _days_since_inquiry),
        Token("supplier_name", "Your business", "", lambda a: a.supplier.name),
        Token("sender_name", "Who signs", "", lambda a: a.supplier.sender_name or a.supplier.name),
    )
}
REFUSED = {"lead_score": "is internal and never leaves in a message"}


def values(about: Subject) -> dict[str, str]:
    """Every token's value for this lead, the fallback where the lead does not say."""
    return {name: token.read(about) or token.fallback for name, token in TOKENS.items()}
