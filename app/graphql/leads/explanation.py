"""Why a lead scores what it scores, what would raise it, how it got there, and what it means."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from app.graphql.context import Info, reading
from app.graphql.declare import field, value
from app.graphql.paging import First
from app.kernel import clock
from app.kernel.paging import page_size
from app.models.choices import CriteriaOperator
from app.scoring import history as histories
from app.scoring import improving, queries
from app.scoring.booking_chance import shown_model


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
class MovedPoints:
    """What gave other points than at the change before: a rule, the bounds of a group, or a person."""

    name: str
    before: Decimal
    after: Decimal


@value
class ScoreStep:
    """One change of a score. `cause`: `change` of the lead, `rules`, `asked`, `night` or `day`; null where
    nobody noted it, and then `moved` says nothing either."""

    occurred_at: datetime
    old_score: int
    new_score: int
    cause: str | None
    moved: list[MovedPoints]


@value
class BookingChance:
    """How often leads of such a score booked, from 0 to 1, with the 95 % interval of a curve through the
    `decided` leads, of which `won` booked."""

    probability: float
    low: float
    high: float
    decided: int
    won: int


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

    @field(cost=20)
    def history(self, info: Info, first: First = 20, before: datetime | None = None) -> list[ScoreStep]:
        """How the stored score moved, the newest change first; of many, those earlier than `before`."""
        size = page_size(first, default=20)
        return [_step(one) for one in histories.history(reading(info), self.lead_id, size, before)]

    @field(cost=2000)
    def booking_chance(self, info: Info) -> BookingChance | None:
        """What the score says by the supplier's own history; null unless the supplier has it shown
        (`setBookingChance`) and 30 leads are won and 30 lost."""
        model = shown_model(reading(info), clock.now())
        if model is None:
            return None
        found = model.at(self.score)
        return BookingChance(
            probability=float(found.probability),
            low=float(found.low),
            high=float(found.high),
            decided=model.n,
            won=model.won,
        )


def _step(found: histories.ScoreStep) -> ScoreStep:
    return ScoreStep(
        occurred_at=found.occurred_at,
        old_score=found.old_score,
        new_score=found.new_score,
        cause=found.cause or None,
        moved=[MovedPoints(**vars(one)) for one in found.moved],
    )


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
