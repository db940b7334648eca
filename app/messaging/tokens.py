"""The words a template may use, each with what it says and what it says when the lead is silent.

Dates and money are written in the supplier's language and currency. What the lead does not say is false in a
condition and gives way to the `default` filter; otherwise it reads as its fallback.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
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
    """A word of templates; `read` gives None when the lead does not say. `sample` stands in for a lead."""

    name: str
    says: str
    fallback: str
    sample: str | int
    read: Callable[[Subject], str | int | None]


class Silent(str):
    """A token's fallback, for a lead that does not say."""

    force_liquid_default = True

    def __liquid__(self) -> None:
        return None


def money(amount: Decimal, currency: str, locale: Locale) -> str:
    """The amount as people of that language write it, without pence when it has none."""
    pattern = locale.currency_formats["standard"].pattern
    if amount % 1 == 0:
        return format_currency(
            amount, currency, pattern.replace(".00", ""), locale=locale, currency_digits=False
        )
    return format_currency(amount, currency, pattern, locale=locale)


def _couple(about: Subject) -> str | None:
    return " & ".join(filter(None, (about.lead.couple_name_bride, about.lead.couple_name_groom))) or None


def _first_names(about: Subject) -> str | None:
    names = (about.lead.couple_name_bride, about.lead.couple_name_groom)
    return " & ".join(name.split()[0] for name in names if name and name.strip()) or None


def _wedding(pattern: str) -> Callable[[Subject], str | None]:
    """The day by a pattern of CLDR, such as `long` or `EEEE`."""

    def read(about: Subject) -> str | None:
        day = about.lead.wedding_date
        return format_date(day, pattern, locale=about.locale) if day else None

    return read


def _days_until_wedding(about: Subject) -> int | None:
    day = about.lead.wedding_date
    days = (day - _today(about)).days if day else -1
    return days if days >= 0 else None


def _weeks_until_wedding(about: Subject) -> int | None:
    days = _days_until_wedding(about)
    return None if days is None else days // 7


def _budget(about: Subject) -> str | None:
    budget = about.lead.estimated_budget
    return None if budget is None else money(budget, about.supplier.currency, about.locale)


def _inquiry_day(about: Subject) -> date:
    return day_of(about.lead.created_at, zone(about.supplier.timezone))


def _today(about: Subject) -> date:
    return day_of(about.now, zone(about.supplier.timezone))


TOKENS = {
    token.name: token
    for token in (
        Token("couple_names", "Both names, joined by &", "there", "Maya Patel & Leo Brandt", _couple),
        Token("first_names", "Both first names", "there", "Maya & Leo", _first_names),
        Token("bride_name", "The first partner", "there", "Maya Patel", lambda a: a.lead.couple_name_bride),
        Token("groom_name", "The second partner", "there", "Leo Brandt", lambda a: a.lead.couple_name_groom),
        Token("wedding_date", "The day, written out", "your special day", "12 June 2027", _wedding("long")),
        Token("wedding_weekday", "Its day of the week", "your day", "Saturday", _wedding("EEEE")),
        Token("wedding_month", "Its month and year", "your month", "June 2027", _wedding("MMMM y")),
        Token("days_until_wedding", "Days to go", "a few", 150, _days_until_wedding),
        Token("weeks_until_wedding", "Whole weeks to go", "a few", 21, _weeks_until_wedding),
        Token("wedding_venue", "The venue", "your venue", "Larkspur Barn", lambda a: a.lead.wedding_venue),
        Token(
            "wedding_location",
            "Town or region",
            "your location",
            "Cotswolds",
            lambda a: a.lead.wedding_location,
        ),
        Token("guest_count", "How many guests", "your guests", 90, lambda a: a.lead.estimated_guest_count),
        Token("estimated_budget", "The budget in your currency", "your budget", "£3,500", _budget),
        Token(
            "services_needed",
            "The services they asked for",
            "what you have in mind",
            "full day, album",
            lambda a: ", ".join(a.lead.services_needed) or None,
        ),
        Token(
            "inquiry_date",
            "The day they first wrote",
            "",
            "3 January 2027",
            lambda a: format_date(_inquiry_day(a), "long", locale=a.locale),
        ),
        Token(
            "days_since_inquiry",
            "Days since they first wrote",
            "0",
            10,
            lambda a: (_today(a) - _inquiry_day(a)).days,
        ),
        Token("supplier_name", "Your business", "", "Rosewood", lambda a: a.supplier.name),
        Token(
            "sender_name",
            "Who signs",
            "",
            "Olive, Rosewood",
            lambda a: a.supplier.sender_name or a.supplier.name,
        ),
        Token(
            "supplier_email",
            "Where answers go",
            "our e-mail",
            "hello@rosewood.example",
            lambda a: a.supplier.reply_to or a.supplier.sender_address,
        ),
        Token(
            "supplier_phone",
            "The number of your text messages",
            "our number",
            "+44 20 7946 0000",
            lambda a: a.supplier.sms_number,
        ),
    )
}
SAMPLES: dict[str, str | int] = {name: token.sample for name, token in TOKENS.items()}
"""What a lead says that says everything."""
NOTHING_SAID: dict[str, str | int] = {name: Silent(token.fallback) for name, token in TOKENS.items()}
REFUSED = {"lead_score": "is internal and never leaves in a message"}


def values(about: Subject) -> dict[str, str | int]:
    """Every token's value for this lead, `Silent` where the lead does not say."""
    read = {name: token.read(about) for name, token in TOKENS.items()}
    return {
        name: Silent(TOKENS[name].fallback) if said in (None, "") else said for name, said in read.items()
    }


def silent(about: Subject, names: Iterable[str]) -> list[str]:
    """Those of the tokens that the lead does not say, in the registry's order."""
    asked = frozenset(names)
    return [name for name, said in values(about).items() if name in asked and isinstance(said, Silent)]
