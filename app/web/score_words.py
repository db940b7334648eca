"""Why a rule gave its points, in a sentence: what it saw and what it asked, as a person writes them.

`Budget £4,200 is over £2,500`, `Wedding in 202 days, between 1 and 548`,
`Source Google Ads is not one of Referral, Word of mouth`.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from flask import Flask

from app.models.choices import CriteriaOperator as Op
from app.scoring.queries import Line
from app.web.formats import budget_range, day, money, words

Names = Mapping[str, str]
"""The names of sources, by what leads and rules call them: slug or name in lower case."""

SUBJECTS = {
    "estimated_budget": "Budget",
    "estimated_guest_count": "Guest count",
    "lead_source": "Source",
    "lead_status": "Status",
    "priority_level": "Priority",
    "email_opens": "E-mails opened",
    "email_clicks": "E-mails clicked",
    "total_interactions": "Interactions",
    "automation_paused": "Automation paused",
    "consent_marketing": "Agreed to marketing",
    "consent_data_processing": "Agreed to data processing",
    "services_needed": "Services",
    "days_until_wedding": "Wedding date",
    "days_since_inquiry": "Inquiry",
    "days_since_last_contact": "Last contact",
}
SINCE = {"days_since_inquiry": "Inquired", "days_since_last_contact": "Last contact"}
CODES = frozenset({"lead_status", "priority_level", "preferred_contact_method"})
YES_OR_NO = {"true": "Yes", "yes": "Yes", "1": "Yes", "false": "No", "no": "No", "0": "No"}
BOOLEANS = frozenset({"consent_marketing", "consent_data_processing", "automation_paused"})
LISTS = frozenset({"services_needed", "tags"})
NUMBERS = frozenset(
    (
        *("estimated_budget", "estimated_guest_count", "quality_rating", "total_interactions"),
        *("email_opens", "email_clicks", "website_visits"),
        *("days_until_wedding", "days_since_inquiry", "days_since_last_contact"),
    )
)
NOTHING = (None, "", "{}", "[]")
CONTAINS = {
    (False, True): "contains",
    (False, False): "does not contain",
    (True, True): "include",
    (True, False): "do not include",
}
"""The verb, by whether the field is a list and whether the rule matches."""
ASKS = {
    Op.EQUALS: "{}",
    Op.NOT_EQUALS: "{}",
    Op.IN_LIST: "one of {}",
    Op.GREATER_THAN: "over {}",
    Op.LESS_THAN: "under {}",
    Op.BETWEEN: "between {} and {}",
}
ASKS_DAY = {Op.GREATER_THAN: "after {}", Op.LESS_THAN: "before {}"}


def install(app: Flask) -> None:
    app.jinja_env.filters["sentence"] = sentence


def sentence(line: Line, names: Names) -> str:
    """The line of the explanation as a sentence, in the viewer's currency and calendar."""
    op, subject = Op(line.operator), _subject(line.criteria_field)
    if line.seen in NOTHING or (op in (Op.IS_SET, Op.NOT_SET) and line.matched is (op is Op.NOT_SET)):
        return f"{subject} {_is(line.criteria_field)} not given"
    seen = _seen(line, subject, names)
    if op in (Op.IS_SET, Op.NOT_SET):
        return (
            seen
            if line.criteria_field.startswith("days_")
            else f"{subject} {_is(line.criteria_field)} given: {_value(line, names)}"
        )
    if op is Op.CONTAINS:
        verb = CONTAINS[line.criteria_field in LISTS, line.matched]
        return f"{seen} {verb} {_one(line.criteria_field, line.expected, names)}"
    is_so = line.matched is not (op is Op.NOT_EQUALS)
    return f"{seen}{_link(line.criteria_field)}{'' if is_so else 'not '}{_asked(line, op, names)}"


def _subject(field: str) -> str:
    return SUBJECTS.get(field) or words(field.rpartition(".")[2])


def _is(field: str) -> str:
    return "are" if field in LISTS else "is"


def _link(field: str) -> str:
    """`Wedding in 202 days, between …`, but `Budget £4,200 is …`."""
    return ", " if field.startswith("days_") else f" {_is(field)} "


def _seen(line: Line, subject: str, names: Names) -> str:
    if line.criteria_field.startswith("days_"):
        return _when(line.criteria_field, int(line.seen or 0))
    if Op(line.operator) in (Op.EQUALS, Op.NOT_EQUALS) and line.matched is (line.operator == Op.EQUALS):
        return subject  # equal: the value once is enough
    return f"{subject} {_value(line, names)}"


def _when(field: str, days: int) -> str:
    ahead = days if field == "days_until_wedding" else -days
    what = SINCE.get(field, "Wedding")
    if not ahead:
        return f"{what} today"
    count = f"{abs(ahead):,} {'day' if abs(ahead) == 1 else 'days'}"
    return f"{what} in {count}" if ahead > 0 else f"{what} {count} ago"


def _value(line: Line, names: Names) -> str:
    seen = line.seen or ""
    return seen if line.criteria_field in LISTS else _one(line.criteria_field, seen, names)


def _asked(line: Line, op: Op, names: Names) -> str:
    field = line.criteria_field
    ask = (ASKS_DAY if field == "wedding_date" else {}).get(op) or ASKS[op]
    if op not in (Op.IN_LIST, Op.BETWEEN):
        return ask.format(_one(field, line.expected, names))
    values = [_one(field, part, names) for part in line.expected.split(",") if part.strip()]
    return ask.format(*values) if op is Op.BETWEEN else ask.format(", ".join(values))


def _one(field: str, text: str, names: Names) -> str:
    """One value of that field; what cannot be read as one stands as it is."""
    text = text.strip()
    if field == "lead_source":
        return names.get(text.lower()) or words(text)
    if field == "budget_range":
        return budget_range(text)
    if field in CODES:
        return words(text)
    if field in BOOLEANS:
        return YES_OR_NO.get(text.lower(), text)
    return _day(text) if field == "wedding_date" else _number(field, text)


def _day(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


def _number(field: str, text: str) -> str:
    if field not in NUMBERS:
        return text
    try:
        number = Decimal(text.replace("_", ""))
    except InvalidOperation:
        return text
    return money(number) if field == "estimated_budget" else f"{number.normalize():,f}"
