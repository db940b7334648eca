"""Why a rule gave its points, in a sentence: what it saw and what it asked, as a person writes them.

`Budget £4,200 is over £2,500`, `Wedding in 202 days, between 1 and 548`,
`Source Google Ads is not one of Referral, Word of mouth`.
"""

from flask import Flask

from app.models.choices import CriteriaOperator as Op
from app.scoring.fields import Kind
from app.scoring.queries import Line
from app.web.score_values import COUNTS, DAYS, Names, is_plural, known, label, state, value, values

SUBJECTS = {
    "days_until_wedding": "Wedding date",
    "days_since_inquiry": "Inquiry",
    "days_since_last_contact": "Last contact",
    "date_is_free": "Wedding date",
    "rival_leads": "Wedding date",
}
WHAT = {"days_until_wedding": "Wedding", "days_since_inquiry": "Inquired"}
NOTHING = (None, "", "{}", "[]")
CONTAINS = {
    (False, True): "contains",
    (False, False): "does not contain",
    (True, True): "include",
    (True, False): "do not include",
}
"""The verb, by whether the field is several things and whether the rule matches."""
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
    """The line of the explanation as a sentence, in the viewer's currency and calendar; of a rule that cannot
    be read, why."""
    if line.problem:
        return line.problem
    name, op = line.criteria_field, Op(line.operator)
    subject = _subject(name)
    if line.seen in NOTHING or (op in (Op.IS_SET, Op.NOT_SET) and line.matched is (op is Op.NOT_SET)):
        return f"{subject} {'is' if subject == SUBJECTS.get(name) else _is(name)} not given"
    if _kind(name) is Kind.BOOLEAN:
        said = state(name, line.seen or "")
        return said[0].upper() + said[1:]
    seen = _seen(line, subject, names)
    if op in (Op.IS_SET, Op.NOT_SET):
        return seen if _stands_alone(name) else f"{subject} {_is(name)} given: {_value(line, names)}"
    if op is Op.CONTAINS:
        return f"{seen} {CONTAINS[is_plural(name), line.matched]} {value(name, line.expected, names)}"
    is_so = line.matched is not (op is Op.NOT_EQUALS)
    link = ", " if _stands_alone(name) else f" {_is(name)} "
    return f"{seen}{link}{'' if is_so else 'not '}{_asked(line, op, names)}"


def _subject(name: str) -> str:
    return SUBJECTS.get(name) or label(name)


def _kind(name: str) -> Kind | None:
    asked = known(name)
    return asked.kind if asked else None


def _is(name: str) -> str:
    return "are" if is_plural(name) else "is"


def _stands_alone(name: str) -> bool:
    """`Wedding in 202 days, between …`, `E-mails opened: 4, over 2`, but `Budget £4,200 is …`."""
    return name in DAYS or name in COUNTS


def _seen(line: Line, subject: str, names: Names) -> str:
    name = line.criteria_field
    if name in DAYS:
        return _when(name, subject, int(line.seen or 0))
    if name in COUNTS:
        return f"{label(name)}: {_value(line, names)}"
    if Op(line.operator) in (Op.EQUALS, Op.NOT_EQUALS) and line.matched is (line.operator == Op.EQUALS):
        return subject  # equal: the value once is enough
    return f"{subject} {_value(line, names)}"


def _when(name: str, subject: str, days: int) -> str:
    ahead, what = days if name == "days_until_wedding" else -days, WHAT.get(name, subject)
    if not ahead:
        return f"{what} today"
    count = f"{abs(ahead):,} {'day' if abs(ahead) == 1 else 'days'}"
    return f"{what} in {count}" if ahead > 0 else f"{what} {count} ago"


def _value(line: Line, names: Names) -> str:
    """What the lead has; a list stands with commas already."""
    return value(line.criteria_field, line.seen or "", names)


def _asked(line: Line, op: Op, names: Names) -> str:
    ask = (ASKS_DAY if _kind(line.criteria_field) is Kind.DATE else {}).get(op) or ASKS[op]
    found = values(line.criteria_field, op, line.expected, names)
    return ask.format(*found) if op is Op.BETWEEN else ask.format(", ".join(found))
