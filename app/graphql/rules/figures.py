"""Scores of many leads: how they are spread, what they say of bookings, what a draft would do to them."""

from decimal import Decimal
from uuid import UUID

from app.graphql.analytics.types import RateInterval, interval, number
from app.graphql.declare import value
from app.graphql.rules.proposals import ProposedRule, proposed
from app.kernel.rates import Interval, Rate
from app.scoring.calibration import Calibration
from app.scoring.distribution import Distribution
from app.scoring.preview import Preview
from app.scoring.suggestions import Suggestion, Suggestions


@value
class ScoreRange:
    """How many leads score from `low` to `high`, both included; `percentage` is of all, from 0 to 100."""

    low: int
    high: int
    count: int
    percentage: Decimal


@value
class ScoreDistribution:
    """How scores are spread; `average` and `median` are null without leads."""

    total: int
    ranges: list[ScoreRange]
    average: Decimal | None
    median: Decimal | None


@value
class ScoreMover:
    """An open lead whose score would move."""

    lead_id: UUID
    couple: str
    before: int
    after: int


@value
class ScoringPreview:
    """What a draft would do to the open leads: `total` there are, of which the newest `before.total` were
    looked at. So many scores would go `up` and `down`; `movers` are those that would move the most."""

    total: int
    before: ScoreDistribution
    after: ScoreDistribution
    up: int
    down: int
    movers: list[ScoreMover]


@value
class ScoreBand:
    """The decided leads that scored from `low` to `high`, both included, and how often they booked; from 0
    to 1, null of nobody."""

    low: int
    high: int
    decided: int
    won: int
    rate: float | None
    interval: RateInterval | None


@value
class ScoreCalibration:
    """Of `decided` leads `won` booked. `verdict` says in a sentence whether higher scores book more often, or
    that nobody can tell."""

    decided: int
    won: int
    bands: list[ScoreBand]
    verdict: str


@value
class BookingRate:
    """How often so many decided leads booked, from 0 to 1."""

    decided: int
    won: int
    rate: float | None
    interval: RateInterval | None


@value
class DifferenceInterval:
    """The 95 % interval of a difference of two rates (Newcombe), from -1 to 1."""

    low: float
    high: float


@value
class ScoringSuggestion:
    """A rule, how often leads that it matches booked and how often the others, and the difference.

    `isCovered`: a rule in force asks the same in the same direction.
    """

    rule: ProposedRule
    with_fact: BookingRate
    without: BookingRate
    difference: float
    interval: DifferenceInterval
    is_covered: bool


@value
class ScoringSuggestions:
    """Learnt from `won` and `lost` leads; with less than `needed` of either nothing is `found`. The surest
    first."""

    won: int
    lost: int
    needed: int
    found: list[ScoringSuggestion]


def spread(found: Distribution) -> ScoreDistribution:
    """The distribution as GraphQL has it."""
    return ScoreDistribution(
        total=found.total,
        ranges=[ScoreRange(**vars(one)) for one in found.ranges],
        average=found.average,
        median=found.median,
    )


def preview(found: Preview) -> ScoringPreview:
    return ScoringPreview(
        total=found.total,
        before=spread(found.before),
        after=spread(found.after),
        up=found.up,
        down=found.down,
        movers=[ScoreMover(**vars(mover)) for mover in found.movers],
    )


def calibration(found: Calibration) -> ScoreCalibration:
    bands = [ScoreBand(low=one.low, high=one.high, **vars(_rate(one))) for one in found.bands]
    return ScoreCalibration(decided=found.decided, won=found.won, bands=bands, verdict=found.verdict)


def suggestions(found: Suggestions) -> ScoringSuggestions:
    return ScoringSuggestions(
        won=found.won, lost=found.lost, needed=found.needed, found=[_suggestion(one) for one in found.found]
    )


def _suggestion(found: Suggestion) -> ScoringSuggestion:
    return ScoringSuggestion(
        rule=proposed(found.rule),
        with_fact=_rate(found.with_fact),
        without=_rate(found.without),
        difference=float(found.difference),
        interval=_difference(found.interval),
        is_covered=found.is_covered,
    )


def _rate(found: Rate) -> BookingRate:
    return BookingRate(
        decided=found.n, won=found.won, rate=number(found.rate), interval=interval(found.interval)
    )


def _difference(found: Interval) -> DifferenceInterval:
    return DifferenceInterval(low=float(found.low), high=float(found.high))
