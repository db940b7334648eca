"""Why a lead scores what it scores."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from app.graphql.declare import field, value
from app.graphql.paging import First
from app.kernel.paging import page_size
from app.models.choices import CriteriaOperator
from app.scoring import improving, queries


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
class ScoreChance:
    """If the rule were otherwise, the lead would score `score`, which is `gain` more than now.

    `isLoss`: the rule takes points today and would not. `hint` is what can be done about it, if anything.
    """

    rule: ScoreLine
    score: int
    gain: int
    is_loss: bool
    hint: str | None


@value
class ScoreExplanation:
    """`score` is `total`, the sum of all points and cuts, rounded half up and kept between 0 and 100."""

    found: strawberry.Private[queries.Explanation]
    lead_id: strawberry.Private[UUID]
    score: int
    total: Decimal
    stored_score: int
    rules: list[ScoreLine]
    groups: list[ScoreGroup]
    adjustments: list[ScoreAdjustment]

    @field()
    def chances(self, first: First = 5) -> list[ScoreChance]:
        """What would raise the score, the greatest gain first."""
        found = improving.chances(self.found, page_size(first, default=5))
        return [
            ScoreChance(
                rule=ScoreLine(**vars(one.line)),
                score=one.score,
                gain=one.gain,
                is_loss=one.is_loss,
                hint=one.hint or None,
            )
            for one in found
        ]


def explanation(found: queries.Explanation, lead_id: UUID) -> ScoreExplanation:
    """The explanation of that lead as GraphQL has it."""
    return ScoreExplanation(
        found=found,
        lead_id=lead_id,
        score=found.score,
        total=found.total,
        stored_score=found.stored_score,
        rules=[ScoreLine(**vars(line)) for line in found.lines],
        groups=[ScoreGroup(**vars(group)) for group in found.groups],
        adjustments=[ScoreAdjustment(**vars(line)) for line in found.adjustments],
    )
