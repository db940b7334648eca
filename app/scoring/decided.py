"""The leads whose ending is known: what the figures about scores learn from.

Won counts as booked and lost as not; spam and duplicates are left out, and open leads may still book.
"""

from datetime import datetime, timedelta

from sqlalchemy import CTE, ColumnElement, Integer, Subquery, cast, func, select
from sqlalchemy.orm import Session

from app.kernel.rates import Rate
from app.models.choices import InteractionType, LeadStatus
from app.models.leads import Lead, LeadInteraction, StatusHistory

NEEDED = 30
"""Of either ending; from fewer nothing is concluded."""
MOST = 20_000
"""So many decided leads, the newest, are looked at."""
TO_DECIDE = timedelta(days=7)
ENDINGS = (LeadStatus.WON, LeadStatus.LOST)


def newest(now: datetime) -> Subquery:
    """The leads that are won or lost, from an index alone: `supplier_id`, `id`, `created_at`, `won`."""
    return (
        select(Lead.supplier_id, Lead.id, Lead.created_at, (Lead.lead_status == LeadStatus.WON).label("won"))
        .where(Lead.lead_status.in_(ENDINGS), Lead.created_at <= now)
        .order_by(Lead.created_at.desc(), Lead.id.desc())
        .limit(MOST)
        .subquery("newest")
    )


def _decided(now: datetime) -> CTE:
    """They, with `until`: how long there was something to decide, which is a week from the inquiry on, or
    until the lead was first closed."""
    leads = newest(now)
    closed = (
        select(func.min(StatusHistory.changed_at))
        .where(
            StatusHistory.supplier_id == leads.c.supplier_id,
            StatusHistory.lead_id == leads.c.id,
            StatusHistory.to_status.in_(ENDINGS),
        )
        .scalar_subquery()
    )
    until = func.least(leads.c.created_at + TO_DECIDE, closed).label("until")
    return select(*leads.c, until).cte("decided").prefix_with("materialized")


def scored(session: Session, now: datetime) -> dict[int, Rate]:
    """How many decided leads had which score while there was something to decide, and how many were won.

    The score is that of the last change before `until`: today's knows the ending. A lead whose score had not
    moved by then had the 0 that every lead begins with. One statement, grouped by PostgreSQL.
    """
    which = _decided(now)
    noted = cast(LeadInteraction.interaction_metadata["final_score"].astext, Integer)
    last = (
        select(noted)
        .where(*_moved_before(which))
        .order_by(LeadInteraction.occurred_at.desc(), LeadInteraction.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    score = func.coalesce(last, 0).label("score")
    counts = select(score, func.count(), func.count().filter(which.c.won)).group_by(score)
    return {score: Rate(n, won) for score, n, won in session.execute(counts)}


def _moved_before(which: CTE) -> tuple[ColumnElement[bool], ...]:
    return (
        LeadInteraction.supplier_id == which.c.supplier_id,
        LeadInteraction.lead_id == which.c.id,
        LeadInteraction.occurred_at < which.c.until,
        LeadInteraction.interaction_type == InteractionType.SCORE_UPDATED,
    )
