"""Why a lead scores what it scores."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from app.graphql.declare import value
from app.models.choices import CriteriaOperator
from app.scoring import queries


@value
class ScoreLine:
    """One rule on one lead: what it asked, what it saw, the points it gave.

    `possible` is what it gives when it matches, faded as it is today; `full` is adjustment times weight;
    `problem` says why it cannot be read.
    """

    rule_id: UUID
    rule_name: str
    criteria_field: str
    operator: CriteriaOperator
    expected: str
    seen: str | None
    matched: bool
    points: Decimal
    possible: Decimal
    full: Decimal
    half_life_weeks: int | None
    group_id: UUID | None
    problem: str | None


@value
class ScoreGroup:
    """What the rules of a group add together, and what its bounds add to that: 0 within them."""

    group_id: UUID
    group_name: str
    least_points: int | None
    most_points: int | None
    summed: Decimal
    cut: Decimal


@value
class ScoreAdjustment:
    """Points that a person or a sequence gave."""

    id: UUID
    reason: str
    points: int
    expires_at: datetime | None


@value
class ScoreExplanation:
    """`score` is `total`, the sum of all points and cuts, rounded half up and kept between 0 and 100."""

    score: int
    total: Decimal
    stored_score: int
    rules: list[ScoreLine]
    groups: list[ScoreGroup]
    adjustments: list[ScoreAdjustment]


def explanation(found: queries.Explanation) -> ScoreExplanation:
    """The explanation as GraphQL has it."""
    return ScoreExplanation(
        score=found.score,
        total=found.total,
        stored_score=found.stored_score,
        rules=[ScoreLine(**vars(line)) for line in found.lines],
        groups=[ScoreGroup(**vars(group)) for group in found.groups],
        adjustments=[ScoreAdjustment(**vars(line)) for line in found.adjustments],
    )
