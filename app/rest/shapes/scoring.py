"""Scoring rules, their groups and versions, what a rule may ask about, and how far a rescore is."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.kernel.paging import MOST
from app.kernel.schema import Schema
from app.models import scoring as models
from app.models.choices import CriteriaOperator, CriteriaType, RescoreReason, Trade
from app.rest.shapes.base import Number, Shape
from app.scoring import compiler
from app.scoring.fields import Kind


class LeadScoringRule(Shape):
    """If the field compares so with the value, the score gains adjustment times weight.

    `half_life_weeks`: after so many weeks of silence the points count half, and so on. `problem` says why the
    rule cannot be read, and matches nothing.
    """

    id: UUID
    supplier_id: UUID
    rule_name: str
    rule_description: str | None
    criteria_type: CriteriaType
    criteria_field: str
    criteria_operator: CriteriaOperator
    criteria_value: str
    score_adjustment: int
    rule_weight: Number
    is_active: bool
    rule_order: int
    rule_group_id: UUID | None
    half_life_weeks: int | None
    problem: str | None = None
    created_at: datetime
    updated_at: datetime


class ScoringRulesResponse(Shape):
    """All rules, at most 200, in display order."""

    rules: list[LeadScoringRule]
    total_rules: int
    active_rules: int


class Rescore(Shape):
    """Leads scored again: `done` of `total` were looked at, and `changed` scores moved. `is_done` also when a
    later rescore took over."""

    id: UUID
    reason: RescoreReason
    version: int | None
    total: int
    done: int
    changed: int
    is_done: bool
    created_at: datetime


class RulesChangedResponse(Shape):
    """`version` is the number of the rules since, null when nothing changed; `rescore` says how far the
    scores are that depend on it, null when none does."""

    success: Literal[True] = True
    version: int | None
    rescore: Rescore | None
    message: str


class ScoringRuleResponse(RulesChangedResponse):
    """The rule as it is now, the number of the rules, and how far the scores are."""

    rule: LeadScoringRule


class ScoringRulesChangedResponse(RulesChangedResponse, ScoringRulesResponse):
    """The rules as they are now, their number, and how far the scores are."""


class ScoringGroup(Shape):
    """Its rules' points together count no less than `least_points`, no more than `most_points`."""

    id: UUID
    group_name: str
    least_points: int | None
    most_points: int | None
    created_at: datetime
    updated_at: datetime


class ScoringGroupsResponse(Shape):
    """All groups, at most 50, by name."""

    groups: list[ScoringGroup]


class ScoringGroupResponse(RulesChangedResponse):
    """The group as it is now, the number of the rules, and how far the scores are."""

    group: ScoringGroup


class ScoringField(Shape):
    """A field that a rule may ask about: `low` and `high` bound the numbers it may hold, `choices` are the
    words it may be; none is any."""

    name: str
    label: str
    kind: Kind
    operators: list[CriteriaOperator]
    choices: list[str]
    low: Number | None
    high: Number | None
    criteria_type: Annotated[CriteriaType, Field(validation_alias="about")]


class ScoringFieldsResponse(Shape):
    """Every field with a name of its own; beside them `custom_fields.…` and `source_details.…` are fields."""

    fields: list[ScoringField]


class ProposedRule(Shape):
    """A rule as the list of rules takes it."""

    rule_name: str
    rule_description: str | None
    criteria_field: str
    criteria_operator: CriteriaOperator
    criteria_value: str
    score_adjustment: int
    rule_weight: Number
    half_life_weeks: int | None


class ReadyMadeRules(Shape):
    """A set of rules for a trade; those of `interest` stand in a group that bounds them together."""

    trade: Annotated[Trade, Field(validation_alias="key")]
    about: str
    count: int
    rules: list[ProposedRule]
    interest: list[ProposedRule]


class ReadyMadeResponse(Shape):
    """The sets to begin with."""

    sets: list[ReadyMadeRules]


class TakeReadyMade(Schema):
    """Which set; `instead` of one's own rules, or behind them."""

    trade: Trade
    instead: bool = False


class VersionsQuery(Schema):
    """How many versions, and before which one."""

    limit: Annotated[int, Field(ge=1, le=MOST)] = 25
    before: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class ScoringVersion(Shape):
    """The rules and groups as a change left them; `by` is who made it, null for a program."""

    number: int
    summary: str
    rule_count: int
    created_at: datetime
    by: str | None


class ScoringVersionsResponse(Shape):
    """The versions, the newest first."""

    versions: list[ScoringVersion]


class RuleDifference(Shape):
    """What became of one rule: `added`, `removed`, or `changed` in these fields."""

    kind: str
    rule_name: str
    changed: list[str]


class ScoringVersionResponse(Shape):
    """What was otherwise in the version before, and what is otherwise today."""

    number: int
    summary: str
    rule_count: int
    created_at: datetime
    changes: list[RuleDifference]
    changes_since: list[RuleDifference]


def rule(row: models.ScoringRule) -> LeadScoringRule:
    return LeadScoringRule.model_validate(row).model_copy(update={"problem": compiler.problem(row)})
