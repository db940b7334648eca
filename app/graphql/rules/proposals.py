"""Rules that nobody has written yet: those of a ready-made set, and suggested ones."""

from decimal import Decimal

from app.graphql.declare import value
from app.models.choices import CriteriaOperator, Trade
from app.scoring.ready_made import ReadyMade
from app.scoring.schemas import RuleWrite


@value
class ProposedRule:
    """A rule as `createScoringRule` takes it."""

    rule_name: str
    rule_description: str | None
    criteria_field: str
    criteria_operator: CriteriaOperator
    criteria_value: str
    score_adjustment: int
    rule_weight: Decimal
    half_life_weeks: int | None


@value
class ReadyMadeRules:
    """A set of rules for a trade; those of `interest` stand in a group that bounds them together."""

    trade: Trade
    about: str
    count: int
    rules: list[ProposedRule]
    interest: list[ProposedRule]


def proposed(rule: RuleWrite) -> ProposedRule:
    """The rule as GraphQL has it."""
    return ProposedRule(
        rule_name=rule.rule_name,
        rule_description=rule.rule_description,
        criteria_field=rule.criteria_field,
        criteria_operator=rule.criteria_operator,
        criteria_value=rule.criteria_value,
        score_adjustment=rule.score_adjustment,
        rule_weight=rule.rule_weight,
        half_life_weeks=rule.half_life_weeks,
    )


def ready_made(found: ReadyMade) -> ReadyMadeRules:
    """The set as GraphQL has it."""
    return ReadyMadeRules(
        trade=found.key,
        about=found.about,
        count=found.count,
        rules=[proposed(rule) for rule in found.rules],
        interest=[proposed(rule) for rule in found.interest],
    )
