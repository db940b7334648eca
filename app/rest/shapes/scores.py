"""Why a lead scores what it scores, and what the scores of many leads say."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AliasChoices, Field

from app.kernel.schema import Schema
from app.models.choices import CriteriaOperator
from app.rest.shapes.base import Number, Rate, Shape
from app.rest.shapes.scoring import ProposedRule
from app.scoring.schemas import RuleWrite


class ScoreLine(Shape):
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
    points: Number
    possible: Number
    full: Number
    half_life_weeks: int | None
    group_id: UUID | None
    problem: str | None


class ScoreGroup(Shape):
    """What the rules of a group add together, and what its bounds add to that: 0 within them."""

    group_id: UUID
    group_name: str
    least_points: int | None
    most_points: int | None
    summed: Number
    cut: Number


class ScoreAdjustment(Shape):
    """Points that a person or a sequence gave."""

    id: UUID
    reason: str
    points: int
    expires_at: datetime | None


class ScoreAdjustmentResponse(Shape):
    """The points that were given, and the lead's score before and since; it is kept between 0 and 100, so
    it may stay as it was."""

    success: Literal[True] = True
    adjustment: ScoreAdjustment
    lead_id: UUID
    old_score: int
    new_score: int
    message: str


class ScoreExplanation(Shape):
    """`score` is `total`, the sum of all points and cuts, rounded half up and kept between 0 and 100."""

    score: int
    total: Number
    stored_score: int
    rules: Annotated[list[ScoreLine], Field(validation_alias=AliasChoices("lines", "rules"))]
    groups: list[ScoreGroup]
    adjustments: list[ScoreAdjustment]


class ScoreChance(Shape):
    """If the rule were otherwise, the lead would score `score`, which is `gain` more than now.

    `is_loss`: the rule takes points today and would not. `hint` is what can be done about it, or empty.
    """

    rule_id: UUID
    rule_name: str
    score: int
    gain: int
    is_loss: bool
    hint: str


class MovedPoints(Shape):
    """What gave other points than at the change before: a rule, the bounds of a group, or a person."""

    name: str
    before: Number
    after: Number


class ScoreStep(Shape):
    """One change of a score, by `change` of the lead, `rules`, `asked`, `night` or `day`; the cause is empty
    where nobody noted it."""

    occurred_at: datetime
    old_score: int
    new_score: int
    cause: str
    moved: list[MovedPoints]


class BookingChance(Shape):
    """How often leads of such a score booked, with its 95 % interval."""

    probability: Rate
    low: Rate
    high: Rate
    decided: int
    won: int


class LeadScoreResponse(ScoreExplanation):
    """The score rule by rule, what would raise it, its last 20 changes, and the chance of a booking (null
    unless the supplier has it shown and its history says enough)."""

    chances: list[ScoreChance]
    history: list[ScoreStep]
    booking_chance: BookingChance | None


class ScoreRange(Shape):
    """How many leads score from `low` to `high`, both included; `percentage` is of all, from 0 to 100."""

    range: str
    low: int
    high: int
    count: int
    percentage: Number


class DistributionQuery(Schema):
    """Of which leads."""

    open_only: bool = False


class ScoreDistribution(Shape):
    """How scores are spread; `average` and `median` are null without leads."""

    total: int
    ranges: list[ScoreRange]
    average: Number | None
    median: Number | None


class PreviewRequest(Schema):
    """A draft, beside the other rules or in the place of `rule_id`; with `lead_id` that lead is explained."""

    rule: RuleWrite
    rule_id: UUID | None = None
    lead_id: UUID | None = None


class ScoreMover(Shape):
    """An open lead whose score would move."""

    lead_id: UUID
    couple: str
    before: int
    after: int


class Preview(Shape):
    """The open leads by the rules in force and by the draft. `total` there are, of which the newest
    `before.total` were looked at; `movers` are those that would move the most."""

    total: int
    before: ScoreDistribution
    after: ScoreDistribution
    up: int
    down: int
    movers: list[ScoreMover]


class PreviewResponse(Preview):
    """What the draft would do to the open leads, and to the lead that was asked for."""

    lead: ScoreExplanation | None


class RateInterval(Shape):
    """The 95 % Wilson score interval of a rate."""

    low: Rate
    high: Rate


class BookingRate(Shape):
    """How often so many decided leads booked; null of nobody."""

    decided: Annotated[int, Field(validation_alias="n")]
    won: int
    rate: Rate | None
    interval: RateInterval | None


class ScoreBand(BookingRate):
    """The decided leads that scored from `low` to `high`, both included, and how often they booked."""

    low: int
    high: int


class CalibrationResponse(Shape):
    """Of `decided` leads `won` booked; the verdict says whether higher scores book more often, or that nobody
    can tell."""

    decided: int
    won: int
    bands: list[ScoreBand]
    verdict: str


class DifferenceInterval(Shape):
    """The 95 % interval of a difference of two rates (Newcombe), from -1 to 1."""

    low: Number
    high: Number


class ScoringSuggestion(Shape):
    """A rule, how often leads that it matches booked and how often the others, and the difference.

    `is_covered`: a rule in force asks the same in the same direction.
    """

    rule: ProposedRule
    with_fact: BookingRate
    without: BookingRate
    difference: Number
    interval: DifferenceInterval
    is_covered: bool


class SuggestionsResponse(Shape):
    """Learnt from `won` and `lost` leads; with less than `needed` of either nothing is `found`. The surest
    first."""

    won: int
    lost: int
    needed: int
    found: list[ScoringSuggestion]
