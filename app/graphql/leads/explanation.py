"""Why a lead scores what it scores."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from app.graphql.declare import value
from app.models.choices import CriteriaOperator
from app.scoring import queries


@value
class ScoreLine:
    """One rule on one lead: what it asked, what it saw, the points it gave."""

    rule_id: UUID
    rule_name: str
    criteria_field: str
    operator: CriteriaOperator
    expected: str
    seen: str | None
    matched: bool
    points: Decimal
    possible: Decimal


@value
class ScoreAdjustment:
    """Points that a person or a sequence gave."""

    id: UUID
    reason: str
    points: int
    expires_at: datetime | None


@value
class ScoreExplanation:
    """`score` is `total`, the sum of all points below, rounded half up and kept between 0 and 100."""

    score: int
    total: Decimal
    stored_score: int
    rules: list[ScoreLine]
    adjustments: list[ScoreAdjustment]


def explanation(found: queries.Explanation) -> ScoreExplanation:
    """The explanation as GraphQL has it."""
    return ScoreExplanation(
        score=found.score,
        total=found.total,
        stored_score=found.stored_score,
        rules=[ScoreLine(**vars(line)) for line in found.lines],
        adjustments=[ScoreAdjustment(**vars(line)) for line in found.adjustments],
    )
