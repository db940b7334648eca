"""Does the score tell the truth? How often leads of each range of scores booked.

Each decided lead counts with its score while there was something to decide (`decided.scored`), whatever the
rules were at the time. Without the leads that are open still, the rates are those of decided leads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.kernel.rates import Rate, trend
from app.scoring.decided import NEEDED, scored
from app.scoring.distribution import RANGES

_CLEAR = 1.96
"""Standard deviations that chance alone passes in one of twenty cases."""


@dataclass(frozen=True)
class Band(Rate):
    """The decided leads that scored from `low` to `high`, both included."""

    low: int
    high: int


@dataclass(frozen=True)
class Calibration:
    """Of `decided` leads `won` booked; `bands` are example 2's ranges, `verdict` says in a sentence whether
    higher ones book more, or that nobody can tell."""

    decided: int
    won: int
    bands: list[Band]
    verdict: str


def calibration(session: Session, now: datetime) -> Calibration:
    """Of the newest 20,000 decided leads; one statement."""
    return calibrated(scored(session, now))


def calibrated(scores: Mapping[int, Rate]) -> Calibration:
    """The same from how many leads had which score."""
    bands = [_band(scores, low, high) for low, high in RANGES]
    decided, won = sum(band.n for band in bands), sum(band.won for band in bands)
    return Calibration(decided, won, bands, _verdict(bands, decided, won))


def _band(scores: Mapping[int, Rate], low: int, high: int) -> Band:
    within = [rate for score, rate in scores.items() if low <= score <= high]
    return Band(sum(rate.n for rate in within), sum(rate.won for rate in within), low, high)


def _verdict(bands: Sequence[Band], decided: int, won: int) -> str:
    if min(won, decided - won) < NEEDED:
        return (
            f"Too few leads are decided to tell: {won} won and {decided - won} lost, and it takes"
            f" {NEEDED} of each."
        )
    rise = trend(bands)
    if rise is None:
        return "All decided leads scored in the same range, so nothing can be compared."
    filled = [band for band in bands if band.n]
    ends = f"{_percent(filled[0])} at {_range(filled[0])}, {_percent(filled[-1])} at {_range(filled[-1])}"
    if rise > _CLEAR:
        return f"Higher scores book more often: {ends}."
    if rise < -_CLEAR:
        return f"Higher scores book less often: {ends}. The rules point the wrong way."
    return f"Higher scores do not clearly book more often: {ends}."


def _percent(band: Band) -> str:
    return f"{band.rate or 0:.0%}"


def _range(band: Band) -> str:
    return f"{band.low} to {band.high}"
