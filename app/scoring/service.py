"""Scores are computed by PostgreSQL, in the transaction of what changed them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    DateTime,
    Integer,
    Numeric,
    Text,
    Uuid,
    and_,
    case,
    cast,
    column,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by, array
from sqlalchemy.exc import DataError, ProgrammingError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.kernel.db import Base
from app.kernel.errors import InvalidInput
from app.models.choices import InteractionType
from app.models.leads import Lead
from app.models.nurture import NurtureSequence, asks_for_scores
from app.scoring import compiler
from app.scoring.compiler import Parts, RuleSet
from app.scoring.facts import AsOf
from app.scoring.queries import any_rule_asks, as_of, bounds_of, rule_set

log = structlog.get_logger(__name__)

FAILURES = (DataError, ProgrammingError, InvalidInput)
"""What a score that cannot be computed raises; the database being away is not among it."""
RETRY = timedelta(minutes=15)
BY_HAND = "Given by hand or by a sequence"
_UUIDS = ARRAY(Uuid())


@dataclass(frozen=True)
class ScoreChange:
    lead_id: UUID
    old: int
    new: int


def rescore(
    session: Session, lead_id: UUID, now: datetime, *, touched: frozenset[str] | None = None
) -> ScoreChange | None:
    """Score one lead, which the caller has locked, by the rules in force; the change, or None when the score
    stays.

    `touched` are the only fields that changed since it was scored, if that is known. If scoring fails the
    old score stands, marked stale, and the work around it goes on.
    """
    session.flush()  # what is wrong with it is not the score's fault
    if touched is not None and not any_rule_asks(session, touched):
        return None
    try:
        with session.begin_nested():
            changes = _set(session, [lead_id], _scoring(session, now, "change"))
    except FAILURES:
        log.exception("scoring_failed", lead_id=str(lead_id))
        stale = {"score_stale": True, "score_retry_at": now + RETRY}
        session.execute(update(Lead).where(Lead.id == lead_id).values(stale))
        return None
    return changes[0] if changes else None


def rescore_locked(
    session: Session, lead_ids: Sequence[UUID], now: datetime, *, touched: frozenset[str] | None = None
) -> list[ScoreChange]:
    """The same for several leads, all of them locked, in one statement; if that fails, one by one."""
    session.flush()
    if not lead_ids or (touched is not None and not any_rule_asks(session, touched)):
        return []
    try:
        with session.begin_nested():
            return _set(session, list(lead_ids), _scoring(session, now, "change"))
    except FAILURES:
        alone = [rescore(session, lead_id, now) for lead_id in lead_ids]
        return [change for change in alone if change]


def lock_and_rescore(session: Session, lead_id: UUID, now: datetime) -> ScoreChange | None:
    """The same for a lead that is not locked yet, or gone."""
    session.execute(select(Lead.id).where(Lead.id == lead_id).with_for_update(key_share=True))
    return rescore(session, lead_id, now)


def rescore_leads(
    session: Session, which: Sequence[ColumnElement[bool]], now: datetime, cause: str = "change"
) -> list[ScoreChange]:
    """Score the supplier's leads that `which` names (all without any); the changes, each one logged.

    First lock the leads whose score differs, then set it: who changed one meanwhile is waited for, and the
    second statement sees the lead, and what hangs on it, as they are then.
    """
    session.flush()
    by = _scoring(session, now, cause)
    differing = (*which, or_(Lead.lead_score != compiler.score(by.rules, by.moment), Lead.score_stale))
    locked = select(Lead.id).where(*differing).order_by(Lead.id).with_for_update(key_share=True)
    ids = list(session.scalars(locked))
    return _set(session, ids, by) if ids else []


@dataclass(frozen=True)
class Scoring:
    """By what, as of when and why leads are scored."""

    rules: RuleSet
    moment: AsOf
    cause: str


def _scoring(session: Session, now: datetime, cause: str) -> Scoring:
    return Scoring(rule_set(session), as_of(session, now), cause)


def _set(session: Session, ids: list[UUID], by: Scoring) -> list[ScoreChange]:
    """The scores of these locked leads, and an entry on the timeline of each that moved, in one statement.

    The entry counts as no contact, so no counter moves.
    """
    seen = _seen(ids, by)
    of = _parts_in(seen, by.rules)
    due = select(*seen.c, compiler.score_of(by.rules, of).label("new")).cte("due")
    leads, moved = Base.metadata.tables["leads"], due.c.old != due.c.new
    scored = (
        update(leads)
        .where(leads.c.supplier_id == due.c.supplier_id, leads.c.id == due.c.id, or_(moved, due.c.was_stale))
        .values(lead_score=due.c.new, score_stale=False, score_retry_at=None, **_marks(due, by))
        .cte("scored")
    )
    changed = select(due.c.id, due.c.old, due.c.new).where(moved)
    rows = session.execute(changed.add_cte(scored, _entries(due, moved, by)))
    return [ScoreChange(*row) for row in rows]


def _marks(due: CTE, by: Scoring) -> dict[str, Any]:
    """Sequences that ask for scores look at the leads whose score moved: who changes one lead does that at
    once, who changes many leaves a mark."""
    if by.cause == "change":
        return {}
    asking = exists().where(NurtureSequence.is_active, asks_for_scores())
    return {
        "evaluate_at": case((and_(due.c.old != due.c.new, asking), by.moment.now), else_=Lead.evaluate_at)
    }


def _seen(ids: list[UUID], by: Scoring) -> CTE:
    """These leads with what each rule adds to them, `points`, once for all that is said with it."""
    picked = (
        func.unnest(literal(ids, _UUIDS), literal([uuid7() for _ in ids], _UUIDS))
        .table_valued(column("id", Uuid), column("entry_id", Uuid), joins_implicitly=True)
        .render_derived(name="picked")
    )
    of = compiler.parts(by.rules, by.moment)
    columns = (Lead.supplier_id, Lead.id, picked.c.entry_id, Lead.lead_score.label("old"))
    points = cast(array([*of.rules.values(), of.given]), ARRAY(Integer)).label("points")
    read = select(*columns, Lead.score_stale.label("was_stale"), points).where(Lead.id == picked.c.id)
    return read.cte("seen").prefix_with("MATERIALIZED", dialect="postgresql")


def _parts_in(seen: CTE, rules: RuleSet) -> Parts:
    places = [literal_column(f"{seen.name}.points[{place}]", Integer) for place in _from_one(rules)]
    return Parts(dict(zip((rule.id for rule in rules.readable), places, strict=False)), places[-1])


def _from_one(rules: RuleSet) -> range:
    """The places in `points`, the last one for what was given."""
    return range(1, len(rules.readable) + 2)


def _entries(due: CTE, moved: ColumnElement[bool], by: Scoring) -> CTE:
    """`interaction_metadata` is what the specification's service notes, with the old score and the cause."""
    noted = func.jsonb_build_object(
        *("old_score", due.c.old, "final_score", due.c.new),
        *("score_adjustments", given(by.rules, _parts_in(due, by.rules)), "cause", literal(by.cause, Text)),
    )
    entry = {
        "supplier_id": due.c.supplier_id,
        "id": due.c.entry_id,
        "lead_id": due.c.id,
        "interaction_type": literal(str(InteractionType.SCORE_UPDATED), Text),
        "interaction_subject": func.concat("Score ", due.c.old, " → ", due.c.new),
        "interaction_metadata": noted,
        "is_system": literal(True),
        "occurred_at": literal(by.moment.now, DateTime(timezone=True)),
    }
    table = Base.metadata.tables["lead_interactions"]
    rows = select(*entry.values()).where(moved)
    return insert(table).from_select(list(entry), rows, include_defaults=False).cte("entries")


def given(rules: RuleSet, of: Parts) -> ColumnElement[Any]:
    """What gave the points, as JSON: `[{"rule_name": …, "adjustment": …}]`. Its adjustments are the total."""
    names = [rule.rule_name for rule in rules.readable]
    names += [bounds_of(group.group_name) for group in rules.groups.values()]
    points = [*of.rules.values(), *(compiler.cut(rules, one, of) for one in rules.groups), of.given]
    part = (
        func.unnest(literal([*names, BY_HAND], ARRAY(Text)), array(points))
        .table_valued(column("name", Text), column("points", Integer), with_ordinality="place")
        .render_derived(name="part")
    )
    adjustment = func.trim_scale(cast(part.c.points, Numeric) / compiler.HUNDREDTHS)
    said = func.jsonb_build_object("rule_name", part.c.name, "adjustment", adjustment)
    listed = func.jsonb_agg(aggregate_order_by(said, part.c.place)).filter(part.c.points != 0)
    return select(func.coalesce(listed, literal([], JSONB))).scalar_subquery()
