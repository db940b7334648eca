"""How the scores of a supplier's leads are spread: example 2 of the specification."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.choices import OPEN_STATUSES
from app.models.leads import Lead

RANGES = ((0, 20), (21, 40), (41, 60), (61, 80), (81, 100))
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class ScoreRange:
    """How many leads score from `low` to `high`, both included; `percentage` is of all, 0..100."""

    low: int
    high: int
    count: int
    percentage: Decimal

    @property
    def range(self) -> str:
        return f"{self.low}-{self.high}"


@dataclass(frozen=True)
class Distribution:
    """The ranges, and the average and median score to a tenth (None without leads)."""

    total: int
    ranges: list[ScoreRange]
    average: Decimal | None
    median: Decimal | None


def distribution(session: Session, *, open_only: bool = False) -> Distribution:
    """Of all leads, or of the open ones alone."""
    which = [Lead.lead_status.in_(sorted(OPEN_STATUSES))] if open_only else []
    rows = session.execute(select(Lead.lead_score, func.count()).where(*which).group_by(Lead.lead_score))
    return spread(dict(rows.all()))


def spread(counts: Mapping[int, int]) -> Distribution:
    """The distribution of so many leads per score. The median of an even number of leads is the middle of
    the two in the middle; percentages are rounded to a tenth."""
    total = sum(counts.values())
    ranges = []
    for low, high in RANGES:
        count = sum(count for score, count in counts.items() if low <= score <= high)
        percentage = (100 * Decimal(count) / total).quantize(_TENTH) if total else Decimal(0)
        ranges.append(ScoreRange(low, high, count, percentage))
    if not total:
        return Distribution(0, ranges, None, None)
    average = Decimal(sum(score * count for score, count in counts.items())) / total
    middle = Decimal(_at(counts, (total - 1) // 2) + _at(counts, total // 2)) / 2
    return Distribution(total, ranges, average.quantize(_TENTH), middle.quantize(_TENTH))


def _at(counts: Mapping[int, int], place: int) -> int:
    """The score at that place, from 0, of all in their order."""
    for score in sorted(counts):
        place -= counts[score]
        if place < 0:
            return score
    raise IndexError(place)
