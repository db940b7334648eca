"""Scores are computed by PostgreSQL, in the transaction of what changed them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ARRAY, Uuid, any_, insert, literal, or_, select, update
from sqlalchemy.exc import DataError, ProgrammingError
from sqlalchemy.orm import Session

from app.kernel import tenancy
from app.kernel.errors import InvalidInput
from app.models.choices import CriteriaOperator, CriteriaType, InteractionType
from app.models.leads import Lead, LeadInteraction
from app.models.scoring import ScoringRule
from app.scoring import compiler
from app.scoring.queries import active_rules, any_rule_asks, as_of

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ScoreChange:
    lead_id: UUID
    old: int
    new: int


def rescore(
    session: Session, lead_id: UUID, now: datetime, *, touched: frozenset[str] | None = None
) -> ScoreChange | None:
    """Score one lead by the rules in force; the change, or None when the score stays.

    `touched` are the only fields that changed since it was scored, if that is known. If scoring fails the
    old score stands, marked stale, and the work around it goes on.
    """
    session.flush()  # what is wrong with it is not the score's fault
    if touched is not None and not any_rule_asks(session, touched):
        return None
    try:
        with session.begin_nested():
            changes = _rescore(session, [Lead.id == lead_id], now)
    except (DataError, ProgrammingError, InvalidInput):
        log.exception("scoring_failed", lead_id=str(lead_id))
        session.execute(update(Lead).where(Lead.id == lead_id).values(score_stale=True))
        return None
    return changes[0] if changes else None


def rescore_all(session: Session, now: datetime) -> list[ScoreChange]:
    """Score every lead of the supplier; the changes, each one logged."""
    return _rescore(session, [], now)


def _rescore(session: Session, which: Sequence[Any], now: datetime) -> list[ScoreChange]:
    """First lock the leads whose score differs, then set it: who changed one meanwhile is waited for, and
    the score is that of the lead as it is then."""
    session.flush()
    moment = as_of(session, now)
    score = compiler.score(active_rules(session), moment)
    differing = (*which, or_(Lead.lead_score != score, Lead.score_stale))
    locked = select(Lead.id, Lead.lead_score).where(*differing).with_for_update(key_share=True)
    old = {row.id: row.lead_score for row in session.execute(locked)}
    if not old:
        return []
    changed = session.execute(
        update(Lead)
        .where(Lead.id == any_(literal(list(old), ARRAY(Uuid()))))
        .values(lead_score=score, score_stale=False)
        .returning(Lead.id, Lead.lead_score)
        .execution_options(synchronize_session=False)
    ).all()
    changes = [ScoreChange(lead_id, old[lead_id], new) for lead_id, new in changed if old[lead_id] != new]
    _log(session, changes, now)
    return changes


def _log(session: Session, changes: Sequence[ScoreChange], now: datetime) -> None:
    """A timeline entry for each changed score; not counted as contact, so no counter moves."""
    if not changes:
        return
    session.execute(
        insert(LeadInteraction),
        [
            {
                "supplier_id": tenancy.supplier_id(),
                "lead_id": change.lead_id,
                "interaction_type": InteractionType.SCORE_UPDATED,
                "interaction_subject": f"Score {change.old} → {change.new}",
                "interaction_metadata": {"old_score": change.old, "final_score": change.new},
                "is_system": True,
                "occurred_at": now,
            }
            for change in changes
        ],
    )


STARTING_RULES = (
    (
        "Budget over 2,500",
        "Couples who plan to spend more book more often.",
        CriteriaType.BUDGET,
        "estimated_budget",
        CriteriaOperator.GREATER_THAN,
        "2500",
        30,
    ),
    (
        "Wedding within 18 months",
        "A near date is a real date.",
        CriteriaType.TIMELINE,
        "days_until_wedding",
        CriteriaOperator.BETWEEN,
        "1,548",
        25,
    ),
    (
        "Came by referral or word of mouth",
        "Someone already recommended you.",
        CriteriaType.BEHAVIORAL,
        "lead_source",
        CriteriaOperator.IN_LIST,
        "referral,word_of_mouth",
        20,
    ),
)
"""The three rules a new supplier starts with; points as (…, adjustment), weight 1."""


def seed(session: Session, supplier_id: UUID) -> None:
    """The starting rules, unless the supplier has rules already."""
    if session.execute(select(ScoringRule.id).limit(1)).first():
        return
    rows = [
        {
            "supplier_id": supplier_id,
            "rule_name": name,
            "rule_description": why,
            "criteria_type": kind,
            "criteria_field": asked,
            "criteria_operator": op,
            "criteria_value": value,
            "score_adjustment": worth,
            "rule_weight": Decimal(1),
            "rule_order": order,
        }
        for order, (name, why, kind, asked, op, value, worth) in enumerate(STARTING_RULES)
    ]
    session.execute(insert(ScoringRule), rows)
