"""Rates are shown with what they are worth: a share of few is a weak word."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

Z_95 = Decimal("1.959964")


@dataclass(frozen=True)
class Interval:
    """Bounds of a share, from 0 to 1, or of a difference of two, from -1 to 1."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Rate:
    """`won` of `n`: the share, and its 95 % interval (Wilson); None of nobody."""

    n: int
    won: int

    @property
    def rate(self) -> Decimal | None:
        return share(self.won, self.n)

    @property
    def interval(self) -> Interval | None:
        return wilson(self.won, self.n)


def wilson(hits: int, n: int, z: Decimal = Z_95) -> Interval | None:
    """The score interval of `hits` out of `n` (Wilson 1927), of 95 % unless another `z` is given; None
    without any."""
    if n <= 0:
        return None
    found, size, z2 = Decimal(hits) / n, Decimal(n), z * z
    middle = (found + z2 / (2 * size)) / (1 + z2 / size)
    half = z / (1 + z2 / size) * (found * (1 - found) / size + z2 / (4 * size * size)).sqrt()
    low, high = max(middle - half, Decimal(0)), min(middle + half, Decimal(1))
    return Interval(min(low, found), max(high, found))  # the last digit of the root may be off


def share(hits: int, n: int) -> Decimal | None:
    """`hits` ÷ `n`; None without any."""
    return Decimal(hits) / n if n else None


def newcombe(one: Rate, other: Rate, z: Decimal = Z_95) -> Interval | None:
    """The interval of the difference of two shares, `one` less `other`: the hybrid score interval (Newcombe
    1998, Statistics in Medicine 17:873-890, method 10). None when either is of nobody."""
    first, second = wilson(one.won, one.n, z), wilson(other.won, other.n, z)
    if first is None or second is None:
        return None
    p, q = Decimal(one.won) / one.n, Decimal(other.won) / other.n
    under = ((p - first.low) ** 2 + (second.high - q) ** 2).sqrt()
    over = ((first.high - p) ** 2 + (q - second.low) ** 2).sqrt()
    return Interval(max(p - q - under, Decimal(-1)), min(p - q + over, Decimal(1)))


def trend(groups: Sequence[Rate]) -> float | None:
    """Does the share rise from group to group? The standard normal deviate of the Cochran-Armitage test
    (Armitage 1955, Biometrics 11:375-386) for groups at 0, 1, 2 …: over 1.96 it rises, under -1.96 it falls,
    at the level of 95 %. None when all stand in one group, or all or none are won."""
    size, won = sum(one.n for one in groups), sum(one.won for one in groups)
    first = sum(place * one.n for place, one in enumerate(groups))
    second = sum(place * place * one.n for place, one in enumerate(groups))
    spread = won * (size - won) * (size * second - first * first)
    if not spread:
        return None
    leaning = sum(place * one.won for place, one in enumerate(groups)) * size - won * first
    return leaning * sqrt(size / spread)
