"""Scoring rules."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from app.graphql.declare import field, value
from app.graphql.paging import First
from app.graphql.read import Rows, expression, many, record, row, top
from app.kernel.keyset import Order
from app.models import scoring as models
from app.models.choices import CriteriaOperator, CriteriaType

IN_ORDER = Order("rule_order", models.ScoringRule.rule_order, models.ScoringRule.id, descending=False)


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
    created_at: datetime
    updated_at: datetime


@record
class ScoringRules:
    """The rules of the supplier."""

    total_rules: int = expression(lambda _: select(func.count(models.ScoringRule.id)).scalar_subquery())
    active_rules: int = expression(
        lambda _: (
            select(func.count(models.ScoringRule.id)).where(models.ScoringRule.is_active).scalar_subquery()
        )
    )

    @many(list[ScoringRule], None)
    def rules(self, first: First = 100, is_active: bool | None = None) -> Rows:
        """In display order."""
        chosen = () if is_active is None else (models.ScoringRule.is_active.is_(is_active),)
        return top(IN_ORDER, first, *chosen)


@value
class RuleQueries:
    @field(ScoringRules)
    def scoring_rules(self) -> Rows:
        """The rules that score leads."""
        return Rows(standing=True)
