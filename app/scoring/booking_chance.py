"""How often leads with such a score booked: a curve through the supplier's own history.

A logistic regression of won on the score, as Platt fits one to a classifier's output (1999, Probabilistic
Outputs for Support Vector Machines), by Newton's method on leads grouped by score (McCullagh and Nelder 1989,
Generalized Linear Models, §4.4). The slope is held back by a light ridge (Hoerl and Kennard 1970), so that it
stays finite when a score parts won from lost. The 95 % interval is that of the log odds by the delta method,
taken back to probabilities (Hosmer and Lemeshow 2000, Applied Logistic Regression, §1.4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import exp, log, log1p, sqrt
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.kernel import tenancy
from app.kernel.rates import Z_95, Rate
from app.models.accounts import Supplier
from app.scoring.decided import NEEDED, scored

RIDGE = 0.01
"""Half of it times the square of the slope per ten points is taken off the log likelihood."""
_TEN = 10.0
_MOST_STEPS = 100
_FLAT = 1e-10
_DIGITS = Decimal("0.0001")


@dataclass(frozen=True)
class BookingChance:
    """How probable a booking is, and its 95 % interval; from 0 to 1, to four digits."""

    probability: Decimal
    low: Decimal
    high: Decimal


class _Curve(NamedTuple):
    """Log odds = `level` + `slope` × (score - mean) ÷ 10."""

    level: float
    slope: float


class _Information(NamedTuple):
    """The negative second derivatives of the penalised log likelihood."""

    level: float
    both: float
    slope: float

    @property
    def determinant(self) -> float:
        return self.level * self.slope - self.both * self.both


@dataclass(frozen=True)
class BookingModel:
    """Learnt from `n` decided leads, of which `won` booked."""

    n: int
    won: int
    mean: float
    curve: _Curve
    information: _Information

    def at(self, score: int) -> BookingChance:
        """For a lead of that score."""
        x, known = (score - self.mean) / _TEN, self.information
        odds = self.curve.level + self.curve.slope * x
        variance = (known.slope - 2 * x * known.both + x * x * known.level) / known.determinant
        half = float(Z_95) * sqrt(variance)
        return BookingChance(*(_rounded(_share(value)) for value in (odds, odds - half, odds + half)))


def booking_model(session: Session, now: datetime) -> BookingModel | None:
    """From the newest 20,000 decided leads, each with its score while there was something to decide; None
    below 30 won and 30 lost. One statement."""
    return fit(scored(session, now))


def shown_model(session: Session, now: datetime) -> BookingModel | None:
    """The model, if the supplier has it shown beside its scores."""
    shown = session.get_one(Supplier, tenancy.supplier_id()).shows_booking_chance
    return booking_model(session, now) if shown else None


def fit(scores: Mapping[int, Rate]) -> BookingModel | None:
    """The same from how many leads had which score."""
    n, won = sum(rate.n for rate in scores.values()), sum(rate.won for rate in scores.values())
    if min(won, n - won) < NEEDED:
        return None
    mean = sum(score * rate.n for score, rate in scores.items()) / n
    groups = [((score - mean) / _TEN, rate) for score, rate in scores.items()]
    curve = _climb(groups, _Curve(log(won / (n - won)), 0.0))
    return BookingModel(n, won, mean, curve, _information(groups, curve))


_Groups = list[tuple[float, Rate]]


def _climb(groups: _Groups, curve: _Curve) -> _Curve:
    """To the top of the penalised log likelihood."""
    for _ in range(_MOST_STEPS):
        there = _step(groups, curve)
        if _height(groups, there) - _height(groups, curve) < _FLAT:
            return there
        curve = there
    return curve


def _step(groups: _Groups, curve: _Curve) -> _Curve:
    """One of Newton's, halved until it leads up; where none does, that is the top."""
    up, known, height = _slope(groups, curve), _information(groups, curve), _height(groups, curve)
    level = (known.slope * up.level - known.both * up.slope) / known.determinant
    slope = (known.level * up.slope - known.both * up.level) / known.determinant
    for halvings in range(30):
        part = 0.5**halvings
        there = _Curve(curve.level + part * level, curve.slope + part * slope)
        if _height(groups, there) >= height:
            return there
    return curve


def _height(groups: _Groups, curve: _Curve) -> float:
    """The penalised log likelihood."""
    found = -RIDGE / 2 * curve.slope * curve.slope
    for x, rate in groups:
        odds = curve.level + curve.slope * x
        found += rate.won * odds - rate.n * (max(odds, 0.0) + log1p(exp(-abs(odds))))
    return found


def _slope(groups: _Groups, curve: _Curve) -> _Curve:
    """Its first derivatives."""
    level, slope = 0.0, -RIDGE * curve.slope
    for x, rate in groups:
        left = rate.won - rate.n * _share(curve.level + curve.slope * x)
        level, slope = level + left, slope + left * x
    return _Curve(level, slope)


def _information(groups: _Groups, curve: _Curve) -> _Information:
    level, both, slope = 0.0, 0.0, RIDGE
    for x, rate in groups:
        p = _share(curve.level + curve.slope * x)
        weight = rate.n * p * (1 - p)
        level, both, slope = level + weight, both + weight * x, slope + weight * x * x
    return _Information(level, both, slope)


def _share(odds: float) -> float:
    """The probability with those log odds."""
    return 1 / (1 + exp(-odds)) if odds >= 0 else 1 - 1 / (1 + exp(odds))


def _rounded(share: float) -> Decimal:
    return Decimal(share).quantize(_DIGITS)
