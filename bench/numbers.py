"""Rates and their tails."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Rate:
    """So many a second, and each one's latency in milliseconds."""

    a_second: float
    latencies: list[float]

    def percentile(self, percent: int) -> float:
        """The nearest-rank percentile of the latencies, ms."""
        ordered = sorted(self.latencies)
        return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def middle(rates: list[Rate]) -> Rate:
    """The median rate of several rounds, with the latencies of all of them."""
    return Rate(median(rate.a_second for rate in rates), [ms for rate in rates for ms in rate.latencies])
