"""From a rule to one SQL expression. The same expression explains a lead, scores it and rescores all.

    Score = clamp(0, 100, round half up(Σ adjustment × weight of the rules that match
                                        + Σ live score adjustments))

Nothing of a rule's text reaches SQL but as a bound value, read by the field's declared type.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Numeric,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
)

from app.kernel.errors import InvalidInput
from app.models.choices import CriteriaOperator as Op
from app.models.leads import Lead
from app.models.scoring import ScoreAdjustment, ScoringRule
from app.scoring.fields import AsOf, Kind, ScoringField, as_number, as_text, field

_COMPARABLE = frozenset({Kind.NUMBER, Kind.DATE, Kind.JSON})
_TEXTUAL = frozenset({Kind.TEXT, Kind.JSON})
_ANY_DAY = AsOf(now=datetime(2000, 1, 1, tzinfo=UTC), today=date(2000, 1, 1), timezone="UTC")
_TRUE, _FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})


def check(rule: ScoringRule) -> None:
    """InvalidInput when the rule cannot be read: its field, its operator for that field, or its value."""
    _condition(field(rule.criteria_field), rule.criteria_operator, rule.criteria_value, _ANY_DAY)


def matches(rule: ScoringRule, as_of: AsOf) -> ColumnElement[bool]:
    """Does the rule match the lead? Never null: a missing value matches only `not_set`."""
    asked = field(rule.criteria_field)
    return func.coalesce(
        _condition(asked, rule.criteria_operator, rule.criteria_value, as_of), literal(False)
    )


def points(rule: ScoringRule, as_of: AsOf) -> ColumnElement[Decimal]:
    """What the rule adds: adjustment × weight when it matches, else 0."""
    worth = rule.score_adjustment * rule.rule_weight
    return case((matches(rule, as_of), literal(worth, Numeric)), else_=literal(Decimal(0), Numeric))


def adjustments(as_of: AsOf) -> ColumnElement[Decimal]:
    """The live score adjustments of the lead, summed."""
    live = or_(ScoreAdjustment.expires_at.is_(None), ScoreAdjustment.expires_at > as_of.now)
    return func.coalesce(
        select(func.sum(ScoreAdjustment.points))
        .where(ScoreAdjustment.supplier_id == Lead.supplier_id, ScoreAdjustment.lead_id == Lead.id, live)
        .correlate(Lead)
        .scalar_subquery(),
        literal(0),
    )


def total(rules: Sequence[ScoringRule], as_of: AsOf) -> ColumnElement[Decimal]:
    """The sum before clamping and rounding."""
    summed: ColumnElement[Any] = adjustments(as_of)
    for rule in rules:
        summed = summed + points(rule, as_of)
    return summed


def score(rules: Sequence[ScoringRule], as_of: AsOf) -> ColumnElement[int]:
    """The score of a lead, 0..100. Where the clamp lets it show, rounding half away from zero is half up."""
    rounded = func.round(total(rules, as_of))
    return cast(func.greatest(0, func.least(100, rounded)), Integer)


def _condition(asked: ScoringField, op: Op, expected: str, as_of: AsOf) -> ColumnElement[bool]:
    value = asked.read(as_of)
    match op:
        case Op.IS_SET:
            return not_(_missing(asked.kind, value))
        case Op.NOT_SET:
            return _missing(asked.kind, value)
        case Op.EQUALS:
            return _equals(asked, value, expected)
        case Op.NOT_EQUALS:
            return and_(not_(_missing(asked.kind, value)), not_(_equals(asked, value, expected)))
        case Op.CONTAINS:
            return _contains(asked, value, expected)
        case Op.IN_LIST:
            return _in_list(asked, value, expected)
        case Op.GREATER_THAN:
            return _comparable(asked, value) > _bound(asked, expected)
        case Op.LESS_THAN:
            return _comparable(asked, value) < _bound(asked, expected)
        case Op.BETWEEN:
            low, high = _range(asked, expected)
            return _comparable(asked, value).between(low, high)


def _missing(kind: Kind, value: ColumnElement[Any]) -> ColumnElement[bool]:
    if kind is Kind.LIST:
        return func.cardinality(value) == 0
    if kind is Kind.JSON:
        return or_(value.is_(None), func.jsonb_typeof(value) == "null")
    return value.is_(None)


def _equals(asked: ScoringField, value: ColumnElement[Any], expected: str) -> ColumnElement[bool]:
    match asked.kind:
        case Kind.NUMBER | Kind.DATE:
            return value == _bound(asked, expected)
        case Kind.BOOLEAN:
            return value.is_(_boolean(expected))
        case Kind.LIST:
            return func.lower(func.array_to_string(value, ",")) == ",".join(_items(expected))
        case _:
            return as_text(asked.kind, value) == expected.strip().lower()


def _contains(asked: ScoringField, value: ColumnElement[Any], expected: str) -> ColumnElement[bool]:
    if not expected.strip():
        raise _bad_value(f"'contains' needs a text to look for in {asked.name}.")
    if asked.kind is Kind.LIST:
        return _lowered(value).op("@>")(_array([expected.strip().lower()]))
    if asked.kind not in _TEXTUAL:
        raise _bad_operator(asked, "contains")
    return func.strpos(as_text(asked.kind, value), expected.strip().lower()) > 0


def _in_list(asked: ScoringField, value: ColumnElement[Any], expected: str) -> ColumnElement[bool]:
    items = _items(expected)
    if not items:
        raise _bad_value("'in_list' needs at least one value; separate several by commas.")
    if asked.kind is Kind.LIST:
        return _lowered(value).op("&&")(_array(items))
    if asked.kind in (Kind.NUMBER, Kind.DATE):
        return or_(*(value == _bound(asked, item) for item in items))
    if asked.kind is Kind.BOOLEAN:
        return or_(*(value.is_(_boolean(item)) for item in items))
    return as_text(asked.kind, value) == any_(_array(items))


def _lowered(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """A text array in lower case; the joint character cannot occur in a label."""
    return func.string_to_array(func.lower(func.array_to_string(value, "\x1f")), "\x1f")


def _array(items: list[str]) -> ColumnElement[Any]:
    return literal(items, Lead.tags.type)


def _comparable(asked: ScoringField, value: ColumnElement[Any]) -> ColumnElement[Any]:
    if asked.kind not in _COMPARABLE:
        raise _bad_operator(asked, "a comparison")
    number: ColumnElement[Any] = as_number(asked.kind, value)
    return number


def _bound(asked: ScoringField, text: str) -> ColumnElement[Any]:
    if asked.kind is Kind.DATE:
        try:
            return literal(date.fromisoformat(text.strip()))
        except ValueError:
            raise _bad_value(f"'{text}' is not a date; write it as 2027-06-19.") from None
    try:
        number = Decimal(text.strip().replace("_", ""))
    except InvalidOperation:
        raise _bad_value(f"'{text}' is not a number.") from None
    if not number.is_finite() or abs(number) > Decimal("1e12"):
        raise _bad_value(f"'{text}' is out of bounds; numbers go from -1e12 to 1e12.")
    return literal(number, Numeric)


def _range(asked: ScoringField, text: str) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 2:
        raise _bad_value("'between' needs two values with a comma between them, the smaller first.")
    low, high = _bound(asked, parts[0]), _bound(asked, parts[1])
    if low.value > high.value:
        raise _bad_value(f"'between' has its bounds reversed: {parts[0]} is more than {parts[1]}.")
    return low, high


def _boolean(text: str) -> bool:
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise _bad_value(f"'{text}' is neither true nor false.")
    return word in _TRUE


def _items(text: str) -> list[str]:
    return [item.strip().lower() for item in text.split(",") if item.strip()]


def _bad_value(message: str) -> InvalidInput:
    return InvalidInput.of("criteria_value", "unreadable", message)


def _bad_operator(asked: ScoringField, op: str) -> InvalidInput:
    return InvalidInput.of(
        "criteria_operator", "not_comparable", f"{asked.name} is a {asked.kind}; {op} does not fit it."
    )
