"""Scoring rules, the groups they stand in, their versions, and how far a rescore is."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, func, or_, select
from strawberry.utils.str_converters import to_camel_case

from app.graphql.accounts.types import Member
from app.graphql.declare import value
from app.graphql.read import computed, expression, one, row
from app.kernel.db import db
from app.kernel.keyset import Order
from app.kernel.paging import page_size
from app.models import accounts
from app.models import scoring as models
from app.models.choices import CriteriaOperator, CriteriaType, RescoreReason
from app.scoring import compiler, versions
from app.scoring.schemas import MOST_RULES

IN_ORDER = Order("rule_order", models.ScoringRule.rule_order, models.ScoringRule.id, descending=False)
BY_NAME = Order("group_name", models.RuleGroup.group_name, models.RuleGroup.id, descending=False)
NEWEST_VERSION = Order("-number", models.RuleVersion.number, models.RuleVersion.id)
MOST_DIFFERENCES = 2 * MOST_RULES
"""Every rule of the one version may be removed and every one of the other added."""
Most = Annotated[int | None, strawberry.argument(description="At most this many; without it, all.")]


@row(models.RuleGroup)
class ScoringGroup:
    """Its rules' points together count no less than `leastPoints`, no more than `mostPoints`; null is no
    bound."""

    id: UUID
    group_name: str
    least_points: int | None
    most_points: int | None
    created_at: datetime
    updated_at: datetime


@row(models.ScoringRule)
class ScoringRule:
    """If the field compares so with the value, the score gains adjustment times weight."""

    id: UUID
    supplier_id: UUID
    rule_name: str
    rule_description: str | None
    criteria_type: CriteriaType
    criteria_field: str
    criteria_operator: CriteriaOperator
    criteria_value: str
    score_adjustment: int
    rule_weight: Decimal
    is_active: bool
    rule_order: int
    rule_group_id: UUID | None
    group: ScoringGroup | None = one(models.RuleGroup, "rule_group_id")
    half_life_weeks: int | None = strawberry.field(
        description="After so many weeks of silence its points count half, and so on; null: they do not fade."
    )
    created_at: datetime
    updated_at: datetime

    @computed("criteria_field", "criteria_operator", "criteria_value")
    def problem(self: Any) -> str | None:
        """Why the rule cannot be read, and matches nothing; null when it can."""
        return compiler.problem(self)


@row(models.Rescore)
class Rescore:
    """Leads scored again: those of few at once, those of many in the background."""

    id: UUID
    reason: RescoreReason
    version: int | None = strawberry.field(
        description="Of the rules, when their change is the reason; null otherwise."
    )
    total: int = strawberry.field(description="How many leads there were to look at.")
    done: int
    changed: int = strawberry.field(description="How many scores moved.")
    is_done: bool = expression(
        lambda rescore: or_(rescore.finished_at.is_not(None), rescore.is_second_look),
        "Has every lead been looked at, or has a later rescore taken over?",
    )
    created_at: datetime


def _newest_asked() -> ColumnElement[UUID]:
    """The last rescore that was not a night's or a day's."""
    asked = or_(
        models.Rescore.reason == RescoreReason.RULES,
        models.Rescore.reason == RescoreReason.ASKED,
    )
    newest = select(models.Rescore.id).where(asked).order_by(models.Rescore.created_at.desc()).limit(1)
    return newest.scalar_subquery()


def is_latest(_rules: Any, rescore: Any) -> ColumnElement[bool]:
    """The join of the rules with the last rescore for their sake."""
    found: ColumnElement[bool] = rescore.id == _newest_asked()
    return found


def version_now() -> ColumnElement[int]:
    return select(func.max(models.RuleVersion.number)).scalar_subquery()


@value
class RuleDifference:
    """What became of one rule: `added`, `removed`, or `changed` in these fields."""

    kind: str
    rule_name: str
    changed: list[str]


@row(models.RuleVersion)
class ScoringVersion:
    """The rules and groups as a change left them; `number` goes up from 1, one by one."""

    number: int
    summary: str = strawberry.field(description="What the change was, in a sentence.")
    rule_count: int
    by: Member | None = one(accounts.Membership, "user_id", "Null: a program, or nobody.")
    created_at: datetime

    @computed("number", cost=500)
    def changes(self: Any, first: Most = MOST_DIFFERENCES) -> list[RuleDifference]:
        """What was otherwise in the version before; nothing of the first."""
        return _differences(self.number - 1, self.number, first) if self.number > 1 else []

    @computed("number", cost=500)
    def changes_since(self: Any, first: Most = MOST_DIFFERENCES) -> list[RuleDifference]:
        """What is otherwise today."""
        return _differences(self.number, versions.latest_number(db.session()) or self.number, first)


def _differences(before: int, after: int, first: int | None) -> list[RuleDifference]:
    size = page_size(first, default=MOST_DIFFERENCES, most=MOST_DIFFERENCES)
    old, new = (versions.find(db.session(), number) for number in (before, after))
    return [
        RuleDifference(
            kind=one.kind, rule_name=one.rule_name, changed=[to_camel_case(name) for name in one.changed]
        )
        for one in versions.differences(old, new)[:size]
    ]
