"""Branches drawn beside the steps they lead past: each has a lane, shorter ones nearer to the steps. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST = 4
"""Lanes that are drawn; branches beyond them stand in words alone."""


@dataclass(frozen=True)
class Lane:
    """A piece of a branch beside one step: it begins there (`start`), goes past it (`through`), or arrives
    (`end`). Lane 1 is the nearest to the steps."""

    number: int
    kind: str


def lanes(ways: Sequence[Sequence[int]]) -> list[list[Lane]]:
    """Beside each step its pieces. `ways` are, by step, the places from 0 that its branches lead to; those
    that lead nowhere or back are left out."""
    drawn: list[list[Lane]] = [[] for _ in ways]
    taken: list[list[tuple[int, int]]] = [[] for _ in range(MOST)]
    spans = {(at, to) for at, targets in enumerate(ways) for to in targets if at < to < len(ways)}
    for at, to in sorted(spans, key=lambda span: (span[1] - span[0], span)):
        free = (n for n, others in enumerate(taken) if all(to <= low or at >= high for low, high in others))
        lane = next(free, None)
        if lane is None:
            continue
        taken[lane].append((at, to))
        for place in range(at, to + 1):
            kind = "start" if place == at else "end" if place == to else "through"
            drawn[place].append(Lane(lane + 1, kind))
    return drawn


def width(drawn: Sequence[Sequence[Lane]]) -> int:
    """How many lanes there are."""
    return max((lane.number for pieces in drawn for lane in pieces), default=0)
