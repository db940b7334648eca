"""Rates are shown with what they are worth: a share of few is a weak word."""

from dataclasses import dataclass
from decimal import Decimal

Z_95 = Decimal("1.959964")


@dataclass(frozen=True)
class Interval:
    """Bounds of a share, from 0 to 1."""

    low: Decimal
    high: Decimal


def wilson(hits: int, n: int) -> Interval | None:
    """The 95 % score interval of `hits` out of `n` (Wilson 1927); None without any."""
    if n <= 0:
        return None
    found, size, z2 = Decimal(hits) / n, Decimal(n), Z_95 * Z_95
    middle = (found + z2 / (2 * size)) / (1 + z2 / size)
    half = Z_95 / (1 + z2 / size) * (found * (1 - found) / size + z2 / (4 * size * size)).sqrt()
    low, high = max(middle - half, Decimal(0)), min(middle + half, Decimal(1))
    return Interval(min(low, found), max(high, found))  # the last digit of the root may be off


def share(hits: int, n: int) -> Decimal | None:
    """`hits` ÷ `n`; None without any."""
    return Decimal(hits) / n if n else None
