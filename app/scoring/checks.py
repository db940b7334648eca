"""What of a rule is refused on save: what cannot be read, and what no lead could ever match."""

from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.kernel.errors import InvalidInput
from app.models.choices import CriteriaOperator as Op
from app.models.scoring import RuleGroup, ScoringRule
from app.models.sources import LeadSource
from app.scoring import compiler
from app.scoring.fields import Kind, ScoringField, field

_WITHOUT_VALUE = frozenset({Op.IS_SET, Op.NOT_SET})


def check_rule(session: Session, rule: ScoringRule) -> None:
    """Bring the rule's value into the form that is compared, and refuse what is hopeless: InvalidInput at
    `criteria_field`, `criteria_operator`, `criteria_value` or `rule_group_id`, with the reason."""
    asked = field(rule.criteria_field)
    if rule.rule_group_id and session.get(RuleGroup, (rule.supplier_id, rule.rule_group_id)) is None:
        raise InvalidInput.of("rule_group_id", "unknown", "There is no such group of rules.")
    if rule.criteria_operator in _WITHOUT_VALUE:
        rule.criteria_value = ""
    elif asked.name == "lead_source" and rule.criteria_operator is Op.CONTAINS:
        rule.criteria_value = rule.criteria_value.strip().lower().replace(" ", "_")  # as slugs are written
    elif asked.name == "lead_source":
        listed = rule.criteria_operator is Op.IN_LIST
        names = _parts(rule.criteria_value) if listed else filter(None, [rule.criteria_value.strip()])
        rule.criteria_value = ",".join(_slug(session, one) for one in names)
    compiler.check(rule)
    if asked.choices and rule.criteria_operator not in _WITHOUT_VALUE:
        _is_a_choice(asked, rule)
    if asked.kind is Kind.NUMBER:
        _is_possible(asked, rule)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _slug(session: Session, name: str) -> str:
    """A rule knows a source by its slug; people may say its name."""
    wanted = or_(LeadSource.slug == name.lower(), func.lower(LeadSource.source_name) == func.lower(name))
    slug = session.scalar(select(LeadSource.slug).where(wanted).limit(1))
    if slug is None:
        known = session.scalars(select(LeadSource.source_name).order_by(LeadSource.source_name).limit(20))
        raise _bad_value(f"There is no source called '{name}'; there are {', '.join(known)}.")
    return slug


def _is_a_choice(asked: ScoringField, rule: ScoringRule) -> None:
    if rule.criteria_operator is Op.CONTAINS:
        sought = rule.criteria_value.strip().lower()
        unknown = [] if any(sought in choice for choice in asked.choices) else [rule.criteria_value]
    else:
        listed = rule.criteria_operator is Op.IN_LIST
        values = _parts(rule.criteria_value) if listed else [rule.criteria_value.strip()]
        unknown = [value for value in values if value.lower() not in asked.choices]
    if unknown:
        raise _bad_value(f"{asked.label} is never '{unknown[0]}'; it is one of {', '.join(asked.choices)}.")


def _is_possible(asked: ScoringField, rule: ScoringRule) -> None:
    """No value the field can have is compared so: the rule would stand there and never count."""
    low, high = asked.low, asked.high
    values = [Decimal(part.replace("_", "")) for part in _parts(rule.criteria_value)]
    first, last = (min(values), max(values)) if values else (None, None)
    match rule.criteria_operator:
        case Op.GREATER_THAN:
            never = high is not None and last is not None and last >= high
        case Op.LESS_THAN:
            never = low is not None and first is not None and first <= low
        case Op.BETWEEN | Op.EQUALS | Op.IN_LIST:
            over = high is not None and first is not None and first > high
            never = over or (low is not None and last is not None and last < low)
        case _:
            never = False
    if never:
        raise _bad_value(f"{asked.label} {_bounds(low, high)}, so no lead could ever match.")


def _bounds(low: Decimal | None, high: Decimal | None) -> str:
    return f"goes from {low} to {high}" if high is not None else f"is never under {low}"


def _bad_value(message: str) -> InvalidInput:
    return InvalidInput.of("criteria_value", "impossible", message)


def values_of(rule: ScoringRule) -> dict[str, Any]:
    """The rule's own columns, as versions and the audit log keep them."""
    return {name: getattr(rule, name) for name in COLUMNS}


COLUMNS = (
    "rule_name",
    "rule_description",
    "criteria_type",
    "criteria_field",
    "criteria_operator",
    "criteria_value",
    "score_adjustment",
    "rule_weight",
    "is_active",
    "rule_order",
    "rule_group_id",
    "half_life_weeks",
)
