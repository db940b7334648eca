"""From rules to one SQL expression. The same expression explains a lead, scores it and rescores all.

    Points of a rule = adjustment × weight if it matches, × 2^(-weeks of silence ÷ half-life) if it fades
    Score = clamp(0, 100, round half up(Σ points, those of a group kept between its bounds
                                        + Σ live score adjustments))

Nothing of a rule's text reaches SQL but as a bound value, read by the field's declared type.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache, reduce
from operator import add
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Float,
    Integer,
    Numeric,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
)

from app.kernel.errors import InvalidInput
from app.models.choices import CriteriaOperator as Op
from app.models.leads import Lead
from app.models.scoring import RuleGroup, ScoreAdjustment, ScoringRule
from app.scoring.facts import AsOf, weeks_of_silence
from app.scoring.fields import Kind, ScoringField, as_number, as_text, field

_COMPARABLE = frozenset({Kind.NUMBER, Kind.DATE, Kind.JSON})
_TEXTUAL = frozenset({Kind.TEXT, Kind.JSON})
_ANY_DAY = AsOf(now=datetime(2000, 1, 1, tzinfo=UTC), today=date(2000, 1, 1), timezone="UTC")
_TRUE, _FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
_GONE = 100.0
"""So many half-lives leave nothing; PostgreSQL refuses a power too small to tell from 0."""
HUNDREDTHS = 100
_MOST_DECIMALS = 12
_JOINT = "\x1f"
"""Between items: it cannot occur in a label."""


@dataclass(frozen=True)
class RuleSet:
    """The rules that score, in display order, and the groups they stand in, by id.

    `unreadable` are rules that would not be taken today (a field that is no more), by id with the reason:
    they match nothing, and the others go on scoring.
    """

    rules: Sequence[ScoringRule]
    groups: Mapping[UUID, RuleGroup] = dataclass_field(default_factory=dict)
    unreadable: Mapping[UUID, str] = dataclass_field(default_factory=dict)

    @classmethod
    def of(cls, rules: Sequence[ScoringRule], groups: Sequence[RuleGroup] = ()) -> "RuleSet":
        problems = {rule.id: why for rule in rules if (why := problem(rule))}
        return cls(rules, {group.id: group for group in groups}, problems)

    @property
    def readable(self) -> list[ScoringRule]:
        return [rule for rule in self.rules if rule.id not in self.unreadable]

    def of_group(self, group_id: UUID | None) -> list[ScoringRule]:
        """Its readable rules; None: those of no group."""
        return [rule for rule in self.readable if self.group_of(rule) == group_id]

    def group_of(self, rule: ScoringRule) -> UUID | None:
        return rule.rule_group_id if rule.rule_group_id in self.groups else None


def check(rule: ScoringRule) -> None:
    """InvalidInput when the rule cannot be read: its field, its operator for that field, or its value."""
    _condition(field(rule.criteria_field), rule.criteria_operator, rule.criteria_value, _ANY_DAY)


def problem(rule: ScoringRule) -> str | None:
    """Why the rule cannot be read; None when it can."""
    return _problem(rule.criteria_field, rule.criteria_operator, rule.criteria_value)


@lru_cache(4096)
def _problem(name: str, op: Op, expected: str) -> str | None:
    try:
        _condition(field(name), op, expected, _ANY_DAY)
    except InvalidInput as refused:
        return refused.message
    return None


def matches(rule: ScoringRule, as_of: AsOf) -> ColumnElement[bool]:
    """Does the rule match the lead? Never null: a missing value matches only `not_set`."""
    return func.coalesce(_matches(rule, as_of), literal(False))


def worth(rule: ScoringRule, as_of: AsOf) -> ColumnElement[int]:
    """What the rule adds when it matches, in hundredths of a point: adjustment × weight, less by half after
    each half-life, which counts in whole weeks of silence."""
    whole = int(rule.score_adjustment * rule.rule_weight * HUNDREDTHS)
    if not rule.half_life_weeks:
        return _integer(whole)
    halvings = cast(weeks_of_silence(as_of), Float(53)) / literal(float(rule.half_life_weeks), Float(53))
    left = func.power(literal(0.5, Float(53)), func.least(halvings, _GONE))
    return cast(func.round(cast(whole * left, Numeric)), Integer)


def adjustments(as_of: AsOf) -> ColumnElement[int]:
    """The live score adjustments of the lead, summed."""
    live = or_(ScoreAdjustment.expires_at.is_(None), ScoreAdjustment.expires_at > as_of.instant)
    return func.coalesce(
        select(func.sum(ScoreAdjustment.points))
        .where(ScoreAdjustment.supplier_id == Lead.supplier_id, ScoreAdjustment.lead_id == Lead.id, live)
        .correlate(Lead)
        .scalar_subquery(),
        _integer(0),
    )


@dataclass(frozen=True)
class Parts:
    """What a score is the sum of, in hundredths of a point: PostgreSQL adds integers many times as fast as
    decimals. By id what each readable rule adds to the lead, 0 when it does not match; and what was given."""

    rules: Mapping[UUID, ColumnElement[int]]
    given: ColumnElement[int]


def parts(rule_set: RuleSet, as_of: AsOf) -> Parts:
    """Of the lead that a statement reads."""
    rules = {
        rule.id: case((_matches(rule, as_of), worth(rule, as_of)), else_=_integer(0))
        for rule in rule_set.readable
    }
    return Parts(rules, adjustments(as_of) * _integer(HUNDREDTHS))


def cut(rule_set: RuleSet, group_id: UUID, of: Parts) -> ColumnElement[int]:
    """What the bounds of the group add to its sum, in hundredths: negative where it stops at its most."""
    summed = _sum(rule_set, group_id, of)
    return _bounded(rule_set.groups[group_id], summed) - summed


def total(rule_set: RuleSet, of: Parts) -> ColumnElement[int]:
    """The sum before clamping and rounding, in hundredths."""
    grouped = (_bounded(group, _sum(rule_set, one, of)) for one, group in rule_set.groups.items())
    return reduce(add, grouped, of.given + _sum(rule_set, None, of))


def score_of(rule_set: RuleSet, of: Parts) -> ColumnElement[int]:
    """The score, 0..100: between them, adding a half and cutting off rounds half up."""
    clamped = func.greatest(_integer(0), func.least(_integer(100 * HUNDREDTHS), total(rule_set, of)))
    return (cast(clamped, Integer) + _integer(HUNDREDTHS // 2)) // _integer(HUNDREDTHS)


def score(rule_set: RuleSet, as_of: AsOf) -> ColumnElement[int]:
    """The score of the lead that a statement reads."""
    return score_of(rule_set, parts(rule_set, as_of))


def _sum(rule_set: RuleSet, group_id: UUID | None, of: Parts) -> ColumnElement[int]:
    return reduce(add, (of.rules[rule.id] for rule in rule_set.of_group(group_id)), _integer(0))


def _bounded(group: RuleGroup, summed: ColumnElement[int]) -> ColumnElement[int]:
    if group.most_points is not None:
        summed = func.least(summed, _integer(group.most_points * HUNDREDTHS))
    if group.least_points is not None:
        summed = func.greatest(summed, _integer(group.least_points * HUNDREDTHS))
    return summed


def _integer(number: int) -> ColumnElement[int]:
    """A number of ours, written out: placeholders by the hundred cost more than the rest of a statement."""
    return literal_column(str(int(number)), Integer)


def _matches(rule: ScoringRule, as_of: AsOf) -> ColumnElement[bool]:
    """Null where a value is missing."""
    return _condition(field(rule.criteria_field), rule.criteria_operator, rule.criteria_value, as_of)


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
    if asked.kind in (Kind.TEXT, Kind.LIST) and not _items(expected):
        raise _bad_value(f"Say a value to compare {asked.name} with; 'not_set' asks whether there is any.")
    match asked.kind:
        case Kind.NUMBER | Kind.DATE:
            return value == _bound(asked, expected)
        case Kind.BOOLEAN:
            return value.is_(_boolean(expected))
        case Kind.LIST:
            return func.lower(func.array_to_string(value, ",")) == _lower(",".join(_items(expected)))
        case _:
            return as_text(asked.kind, value) == _lower(expected.strip())


def _contains(asked: ScoringField, value: ColumnElement[Any], expected: str) -> ColumnElement[bool]:
    if not expected.strip():
        raise _bad_value(f"'contains' needs a text to look for in {asked.name}.")
    if asked.kind is Kind.LIST:
        return _lowered(value).op("@>")(_array([expected.strip()]))
    if asked.kind not in _TEXTUAL:
        raise _bad_operator(asked, "contains")
    return func.strpos(as_text(asked.kind, value), _lower(expected.strip())) > 0


def _in_list(asked: ScoringField, value: ColumnElement[Any], expected: str) -> ColumnElement[bool]:
    items = _items(expected)
    if not items:
        raise _bad_value("'in_list' needs at least one value; separate several by commas.")
    if asked.kind is Kind.LIST:
        return _lowered(value).op("&&")(_array(items))
    if asked.kind in (Kind.NUMBER, Kind.DATE):
        bounds = [_bound(asked, item) for item in items]
        return value == any_(literal([bound.value for bound in bounds], ARRAY(bounds[0].type)))
    if asked.kind is Kind.BOOLEAN:
        return or_(*(value.is_(_boolean(item)) for item in items))
    return as_text(asked.kind, value) == any_(_array(items))


def _lowered(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """A text array in lower case."""
    return func.string_to_array(func.lower(func.array_to_string(value, _JOINT)), _JOINT)


def _lower(text: str) -> ColumnElement[Any]:
    """PostgreSQL's lower case of our text, as of the lead's: Python has another of `İ` and of a last `Σ`."""
    return func.lower(literal(text))


def _array(items: list[str]) -> ColumnElement[Any]:
    """The items in lower case, which PostgreSQL works out once a statement."""
    return func.string_to_array(_lower(_JOINT.join(items)), _JOINT, type_=Lead.tags.type)


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
    if abs(int(number.as_tuple().exponent)) > _MOST_DECIMALS:
        raise _bad_value(f"'{text}' is too fine; numbers have at most {_MOST_DECIMALS} decimals.")
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
    return [item.strip() for item in text.split(",") if item.strip()]


def _bad_value(message: str) -> InvalidInput:
    return InvalidInput.of("criteria_value", "unreadable", message)


def _bad_operator(asked: ScoringField, op: str) -> InvalidInput:
    return InvalidInput.of(
        "criteria_operator", "not_comparable", f"{asked.name} is a {asked.kind}; {op} does not fit it."
    )
