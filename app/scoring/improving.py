"""What would raise this lead: the rules that do not give it their points, and what each would bring."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.scoring.fields import field
from app.scoring.queries import Explanation, Line, regrouped, score_of, total_of


@dataclass(frozen=True)
class Chance:
    """If the rule were as this line has it, the lead would score `score`: `gain` points more than now.

    `is_loss`: the rule takes points today and would not. `hint`: what the supplier can do about it.
    """

    line: Line
    score: int
    gain: int
    is_loss: bool
    hint: str


def chances(found: Explanation, most: int = 5) -> list[Chance]:
    """Those that raise the score, the greatest gain first and, of equal ones, what can be acted on; bounds
    of groups and of the score are heeded."""
    given = sum(line.points for line in found.adjustments)
    possible = [_chance(found, line, given) for line in found.lines if not line.problem]
    raising = [chance for chance in possible if chance.gain > 0]
    return sorted(raising, key=lambda chance: (-chance.gain, not chance.hint))[:most]


def _chance(found: Explanation, line: Line, given: int) -> Chance:
    other = replace(line, matched=not line.matched, points=Decimal(0) if line.matched else line.possible)
    lines: Sequence[Line] = [other if one is line else one for one in found.lines]
    score = score_of(total_of(lines, regrouped(found.groups, lines), given))
    asked = field(line.criteria_field)
    hint = asked.deed or (asked.ask if line.seen in (None, "") else "")
    return Chance(line, score, score - found.score, line.matched, hint)
