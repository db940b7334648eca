"""The rules in force, and why a lead scores what it scores."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Integer, and_, case, literal_column, or_, select
from sqlalchemy.orm import Session

from app.kernel import tenancy
from app.kernel.errors import NotFound
from app.kernel.zones import day_of, zone
from app.models.accounts import Supplier
from app.models.leads import Lead
from app.models.scoring import RuleGroup, ScoreAdjustment, ScoringRule
from app.scoring import compiler
from app.scoring.compiler import Parts, RuleSet
from app.scoring.facts import AsOf
from app.scoring.fields import as_shown, field


@dataclass(frozen=True)
class Line:
    """One rule on one lead: what it asked, what it saw, and the points it gave (0 when it did not match).

    `possible` is what it gives when it matches, faded as it is now; `problem` why it cannot be read.
    """

    rule_id: UUID
    rule_name: str
    criteria_field: str
    operator: str
    expected: str
    seen: str | None
    matched: bool
    points: Decimal
    possible: Decimal
    full: Decimal
    """Before it fades: adjustment × weight."""
    half_life_weeks: int | None = None
    group_id: UUID | None = None
    problem: str | None = None


@dataclass(frozen=True)
class GroupLine:
    """A group: the sum of its rules' points, and what its bounds add to it (0 when it is within them)."""

    group_id: UUID
    group_name: str
    least_points: int | None
    most_points: int | None
    summed: Decimal
    cut: Decimal


@dataclass(frozen=True)
class AdjustmentLine:
    id: UUID
    reason: str
    points: int
    expires_at: datetime | None


@dataclass(frozen=True)
class Explanation:
    """`score` is clamp(0, 100, round half up(total)); `total` is the sum of the points of the lines and
    adjustments and of the cuts of the groups."""

    score: int
    total: Decimal
    stored_score: int
    lines: list[Line]
    adjustments: list[AdjustmentLine]
    groups: list[GroupLine]


def as_of(session: Session, now: datetime) -> AsOf:
    """The moment, with the day it is for the supplier in force."""
    name = session.get_one(Supplier, tenancy.supplier_id()).timezone
    return AsOf(now, day_of(now, zone(name)), name)


def rule_set(session: Session) -> RuleSet:
    """The rules in force, in display order, with their groups; one statement."""
    same = (RuleGroup.supplier_id == ScoringRule.supplier_id, RuleGroup.id == ScoringRule.rule_group_id)
    found = (
        select(ScoringRule, RuleGroup)
        .outerjoin(RuleGroup, and_(*same))
        .where(ScoringRule.is_active)
        .order_by(ScoringRule.rule_order, ScoringRule.id)
    )
    rows = session.execute(found).all()
    groups = {group.id: group for _, group in rows if group}
    return RuleSet.of([rule for rule, _ in rows], list(groups.values()))


def bounds_of(group_name: str) -> str:
    """What is said to add or take the points that bring a group within its bounds."""
    return f"Bounds of {group_name}"


def any_rule_asks(session: Session, fields: Collection[str]) -> bool:
    """Does a rule in force ask about one of these fields?"""
    asking = select(ScoringRule.id).where(ScoringRule.is_active, ScoringRule.criteria_field.in_(fields))
    return session.execute(asking.limit(1)).first() is not None


def explain(session: Session, lead_id: UUID, now: datetime, rules: RuleSet | None = None) -> Explanation:
    """The rules in force (or those) on this lead, one by one; NotFound when there is no such lead."""
    moment, rules = as_of(session, now), rules or rule_set(session)
    read = [column for rule in rules.readable for column in _asked(rule, moment)]
    seen_by = select(
        Lead.lead_score.label("stored"), compiler.adjustments(moment).label("given"), *_labelled(read)
    )
    one = seen_by.where(Lead.id == lead_id).cte("one").prefix_with("MATERIALIZED", dialect="postgresql")
    of = _parts_in(one, rules)
    summed = (compiler.total(rules, of), compiler.score_of(rules, of))
    row = session.execute(select(one.c.stored, *summed, *list(one.c)[2:])).one_or_none()
    if row is None:
        raise NotFound("lead")
    stored, total, score, *found = row
    seen = dict(zip((rule.id for rule in rules.readable), _threes(found), strict=True))
    lines = [_line(rules, rule, seen.get(rule.id)) for rule in rules.rules]
    groups = [_group(group, lines) for group in rules.groups.values()]
    given = _adjustments(session, lead_id, now)
    return Explanation(score, _points(total), stored, lines, given, groups)


def total_of(lines: Sequence[Line], groups: Sequence[GroupLine], given: int) -> Decimal:
    """What the explanation adds up to; `given`: the points of adjustments."""
    return sum((line.points for line in lines), Decimal(given)) + sum((g.cut for g in groups), Decimal(0))


def score_of(total: Decimal) -> int:
    return max(0, min(100, int(total.quantize(Decimal(1), ROUND_HALF_UP))))


def regrouped(groups: Sequence[GroupLine], lines: Sequence[Line]) -> list[GroupLine]:
    """The groups as they are with these lines."""
    return [_bounded(group, lines) for group in groups]


def _asked(rule: ScoringRule, moment: AsOf) -> tuple[ColumnElement[Any], ...]:
    asked = field(rule.criteria_field)
    seen = as_shown(asked.kind, asked.read(moment))
    return compiler.matches(rule, moment), seen, compiler.worth(rule, moment)


def _parts_in(one: CTE, rules: RuleSet) -> Parts:
    columns = list(_threes(list(one.c)[2:]))
    points = {
        rule.id: case((matched, worth), else_=literal_column("0", Integer))
        for rule, (matched, _, worth) in zip(rules.readable, columns, strict=True)
    }
    return Parts(points, one.c.given * compiler.HUNDREDTHS)


def _points(hundredths: int) -> Decimal:
    return Decimal(hundredths) / compiler.HUNDREDTHS


def _labelled(columns: list[ColumnElement[Any]]) -> Iterator[ColumnElement[Any]]:
    return (column.label(f"c{at}") for at, column in enumerate(columns))


def _threes(values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    return zip(values[::3], values[1::3], values[2::3], strict=True)


def _line(rules: RuleSet, rule: ScoringRule, found: tuple[Any, ...] | None) -> Line:
    full = rule.score_adjustment * rule.rule_weight
    matched, seen, hundredths = found or (False, None, int(full * compiler.HUNDREDTHS))
    worth = _points(hundredths)
    return Line(
        rule_id=rule.id,
        rule_name=rule.rule_name,
        criteria_field=rule.criteria_field,
        operator=rule.criteria_operator,
        expected=rule.criteria_value,
        seen=seen,
        matched=matched,
        points=worth if matched else Decimal(0),
        possible=worth,
        full=full,
        half_life_weeks=rule.half_life_weeks,
        group_id=rules.group_of(rule),
        problem=rules.unreadable.get(rule.id),
    )


def _group(group: RuleGroup, lines: Sequence[Line]) -> GroupLine:
    bounds = (group.least_points, group.most_points)
    return _bounded(GroupLine(group.id, group.group_name, *bounds, Decimal(0), Decimal(0)), lines)


def _bounded(group: GroupLine, lines: Sequence[Line]) -> GroupLine:
    summed = sum((line.points for line in lines if line.group_id == group.group_id), Decimal(0))
    counted = summed if group.most_points is None else min(summed, Decimal(group.most_points))
    counted = counted if group.least_points is None else max(counted, Decimal(group.least_points))
    bounds = (group.least_points, group.most_points)
    return GroupLine(group.group_id, group.group_name, *bounds, summed, counted - summed)


def find_adjustment(session: Session, adjustment_id: UUID) -> ScoreAdjustment:
    """Points that were given beside the rules, also those that expired; NotFound."""
    found = session.scalars(select(ScoreAdjustment).where(ScoreAdjustment.id == adjustment_id)).first()
    if found is None:
        raise NotFound("score adjustment")
    return found


def _adjustments(session: Session, lead_id: UUID, now: datetime) -> list[AdjustmentLine]:
    live = or_(ScoreAdjustment.expires_at.is_(None), ScoreAdjustment.expires_at > now)
    rows = session.scalars(
        select(ScoreAdjustment)
        .where(ScoreAdjustment.lead_id == lead_id, live)
        .order_by(ScoreAdjustment.created_at)
    )
    return [AdjustmentLine(row.id, row.reason, row.points, row.expires_at) for row in rows]
