"""Why a lead scores what it scores."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.kernel import tenancy
from app.kernel.errors import NotFound
from app.kernel.zones import day_of, zone
from app.models.accounts import Supplier
from app.models.leads import Lead
from app.models.scoring import ScoreAdjustment, ScoringRule
from app.scoring import compiler
from app.scoring.fields import AsOf, as_shown, field


@dataclass(frozen=True)
class Line:
    """One rule on one lead: what it asked, what it saw, and the points it gave (0 when it did not match)."""

    rule_id: UUID
    rule_name: str
    criteria_field: str
    operator: str
    expected: str
    seen: str | None
    matched: bool
    points: Decimal
    possible: Decimal


@dataclass(frozen=True)
class AdjustmentLine:
    id: UUID
    reason: str
    points: int
    expires_at: datetime | None


@dataclass(frozen=True)
class Explanation:
    """`score` is clamp(0, 100, round(total)); `total` is the sum of all points below."""

    score: int
    total: Decimal
    stored_score: int
    lines: list[Line]
    adjustments: list[AdjustmentLine]


def as_of(session: Session, now: datetime) -> AsOf:
    """The moment, with the day it is for the supplier in force."""
    name = session.get_one(Supplier, tenancy.supplier_id()).timezone
    return AsOf(now, day_of(now, zone(name)), name)


def active_rules(session: Session) -> list[ScoringRule]:
    """The rules in force, in display order."""
    order = (ScoringRule.rule_order, ScoringRule.id)
    return list(session.scalars(select(ScoringRule).where(ScoringRule.is_active).order_by(*order)))


def any_rule_asks(session: Session, fields: Collection[str]) -> bool:
    """Does a rule in force ask about one of these fields?"""
    asking = select(ScoringRule.id).where(ScoringRule.is_active, ScoringRule.criteria_field.in_(fields))
    return session.execute(asking.limit(1)).first() is not None


def explain(session: Session, lead_id: UUID, now: datetime) -> Explanation:
    """The rules on this lead, one by one, in one statement; NotFound when there is no such lead."""
    moment, rules = as_of(session, now), active_rules(session)
    columns: list[ColumnElement[Any]] = [
        Lead.lead_score.expression,
        compiler.total(rules, moment),
        compiler.score(rules, moment),
    ]
    for i, rule in enumerate(rules):
        asked = field(rule.criteria_field)
        seen = as_shown(asked.kind, asked.read(moment))
        columns += [compiler.matches(rule, moment).label(f"matched_{i}"), seen.label(f"seen_{i}")]
    row = session.execute(select(*columns).where(Lead.id == lead_id)).one_or_none()
    if row is None:
        raise NotFound("lead")
    stored, total, score, *found = row
    lines = [
        _line(rule, matched, value)
        for rule, matched, value in zip(rules, found[::2], found[1::2], strict=True)
    ]
    return Explanation(score, Decimal(total), stored, lines, _adjustments(session, lead_id, now))


def _line(rule: ScoringRule, matched: bool, seen: str | None) -> Line:
    worth = rule.score_adjustment * rule.rule_weight
    return Line(
        rule.id,
        rule.rule_name,
        rule.criteria_field,
        rule.criteria_operator,
        rule.criteria_value,
        seen,
        matched,
        worth if matched else Decimal(0),
        worth,
    )


def _adjustments(session: Session, lead_id: UUID, now: datetime) -> list[AdjustmentLine]:
    live = or_(ScoreAdjustment.expires_at.is_(None), ScoreAdjustment.expires_at > now)
    rows = session.scalars(
        select(ScoreAdjustment)
        .where(ScoreAdjustment.lead_id == lead_id, live)
        .order_by(ScoreAdjustment.created_at)
    )
    return [AdjustmentLine(row.id, row.reason, row.points, row.expires_at) for row in rows]
