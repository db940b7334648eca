"""Rules that a supplier's own history speaks for: what parted won from lost when the couple inquired.

Each candidate is a question about the inquiry; leads of which it held are compared with all others. The
difference of the two booking rates has Newcombe's interval (`rates.newcombe`). Who asks many questions finds
something by chance: one is suggested only if its interval leaves 0 out even at a level of 5 % ÷ the number
of questions (Bonferroni); shown is the one of 95 %. Facts are compared one at a time: two may say the same
thing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import NormalDist

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.rates import Interval, Rate, newcombe
from app.models.choices import CriteriaOperator as Op
from app.models.scoring import ScoringRule
from app.models.sources import LeadSource
from app.scoring.at_inquiry import AtInquiry, at_inquiry
from app.scoring.candidates import LEAST, Candidate, candidates
from app.scoring.decided import NEEDED
from app.scoring.fields import Kind, field
from app.scoring.queries import rule_set
from app.scoring.schemas import RuleWrite

CHANCE = 0.05
"""How often all questions together may find something that is not there."""
MOST_POINTS = 30
_SOURCES = select(LeadSource.slug, LeadSource.source_name)


@dataclass(frozen=True)
class Suggestion:
    """A rule, how often leads that it matches booked and how often the others, and the difference, from -1
    to 1, with its 95 % interval. `is_covered`: a rule in force asks the same in the same direction."""

    rule: RuleWrite
    with_fact: Rate
    without: Rate
    difference: Decimal
    interval: Interval
    is_covered: bool


@dataclass(frozen=True)
class Suggestions:
    """Learnt from `won` and `lost` leads; below `needed` of either, nothing is `found`. The surest first."""

    won: int
    lost: int
    found: list[Suggestion]
    needed: int = NEEDED


def suggestions(session: Session, now: datetime) -> Suggestions:
    """From the newest 20,000 decided leads, against the rules in force; four statements."""
    leads = at_inquiry(session, now)
    won = sum(lead.won for lead in leads)
    if min(won, len(leads) - won) < NEEDED:
        return Suggestions(won, len(leads) - won, [])
    sources = {row.slug: row.source_name for row in session.execute(_SOURCES)}
    found = findings(leads, list(candidates(leads, sources)), rule_set(session).readable)
    return Suggestions(won, len(leads) - won, found)


def findings(
    leads: Sequence[AtInquiry], asked: Iterable[Candidate], in_force: Sequence[ScoringRule]
) -> list[Suggestion]:
    """What can be told of these leads, the surest first; of several cuts of one number, the surest of each
    direction."""
    compared = [(one, *_compare(leads, one)) for one in asked]
    enough = [row for row in compared if row[1].n >= LEAST and row[2].n >= LEAST]
    if not enough:
        return []
    strict = Decimal(NormalDist().inv_cdf(1 - CHANCE / (2 * len(enough)))).quantize(Decimal("0.000001"))
    told = (_suggest(*row, in_force) for row in enough if _is_clear(newcombe(row[1], row[2], strict)))
    return list(_surest(told))


def _compare(leads: Sequence[AtInquiry], asked: Candidate) -> tuple[Rate, Rate]:
    matching = [lead.won for lead in leads if asked.holds(lead)]
    n, won = len(matching), sum(matching)
    return Rate(n, won), Rate(len(leads) - n, sum(lead.won for lead in leads) - won)


def _is_clear(interval: Interval | None) -> bool:
    return interval is not None and (interval.low > 0 or interval.high < 0)


def _suggest(asked: Candidate, with_fact: Rate, without: Rate, in_force: Sequence[ScoringRule]) -> Suggestion:
    interval = newcombe(with_fact, without)
    assert interval is not None, "neither side is empty"
    difference = Decimal(with_fact.won) / with_fact.n - Decimal(without.won) / without.n
    rule = RuleWrite(
        rule_name=asked.name,
        rule_description=f"{_said(with_fact)} such leads booked, and {_said(without)} others.",
        criteria_field=asked.field,
        criteria_operator=asked.op,
        criteria_value=asked.value,
        score_adjustment=points(difference),
    )
    covered = any(_covers(one, rule) for one in in_force)
    return Suggestion(rule, with_fact, without, difference, interval, covered)


def _said(rate: Rate) -> str:
    return f"{rate.won:,} of {rate.n:,}"


def points(difference: Decimal) -> int:
    """One for each hundredth of difference, in fives, at least 5 and at most 30 either way."""
    size = min(max(round(abs(difference) * 20) * 5, 5), MOST_POINTS)
    return size if difference > 0 else -size


def _surest(found: Iterable[Suggestion]) -> Iterator[Suggestion]:
    """The farthest from 0 first, by the near end of the interval."""
    met = set()
    for one in sorted(found, key=lambda one: -min(abs(one.interval.low), abs(one.interval.high))):
        rule = one.rule
        cut = _leaning(rule) if field(rule.criteria_field).kind is Kind.NUMBER else rule.criteria_value
        if (rule.criteria_field, cut) not in met:
            met.add((rule.criteria_field, cut))
            yield one


Rule = RuleWrite | ScoringRule
_AGAINST = frozenset({Op.LESS_THAN, Op.NOT_SET, Op.NOT_EQUALS})
_WORDS = frozenset({Kind.TEXT, Kind.LIST, Kind.BOOLEAN})


def _leaning(rule: Rule) -> tuple[str, bool]:
    """How it compares, and whether it is for more of the field or for less."""
    op = Op(rule.criteria_operator)
    how = "range" if op is Op.BETWEEN else "presence" if op in (Op.IS_SET, Op.NOT_SET) else "value"
    return how, (rule.score_adjustment > 0) is (op not in _AGAINST)


def _covers(there: ScoringRule, wanted: RuleWrite) -> bool:
    if there.criteria_field != wanted.criteria_field or not there.score_adjustment * there.rule_weight:
        return False
    if _leaning(there) != _leaning(wanted):
        return False
    asked = field(wanted.criteria_field)
    return asked.kind not in _WORDS or bool(_items(there) & _items(wanted)) or not wanted.criteria_value


def _items(rule: Rule) -> set[str]:
    return {item.strip().lower() for item in rule.criteria_value.split(",")}
