"""Is the day that a couple wants still free, and who else wants it?"""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.models.capture import DateEntry
from app.models.choices import OPEN_STATUSES, DateState
from app.models.leads import Lead

State = Literal["open", "held", "booked", "blocked", "unknown"]


@dataclass(frozen=True)
class Availability:
    """The supplier's calendar on the lead's wedding day; `unknown` while the lead has none.

    `by_lead_id` is whom the day is booked or held for, the lead itself perhaps; `rivals` counts the other
    open leads that want the day.
    """

    state: State
    rivals: int = 0
    by_lead_id: UUID | None = None


def availability(session: Session, lead: Lead) -> Availability:
    """One statement. A hold that has run out by the database's clock holds nothing."""
    if lead.wedding_date is None:
        return Availability("unknown")
    taken = (
        select(DateEntry.state, DateEntry.lead_id)
        .where(DateEntry.on_date == lead.wedding_date, DateEntry.in_force(func.now()))
        .order_by(_weight(), (DateEntry.lead_id == lead.id).desc().nulls_last(), DateEntry.id)
        .limit(1)
        .subquery()
    )
    wanting = select(func.count()).where(*_rivals(lead, lead.wedding_date)).scalar_subquery()
    one_row = select(wanting.label("rivals")).subquery()
    row = session.execute(
        select(one_row.c.rivals, taken.c.state, taken.c.lead_id).outerjoin_from(
            one_row, taken, taken.c.state.is_not(None)
        )
    ).one()
    return Availability(row.state or "open", row.rivals, row.lead_id)


def rivals(session: Session, lead: Lead, most: int = 5) -> list[Lead]:
    """The other open leads that want the same day, the highest score first; one statement."""
    if lead.wedding_date is None:
        return []
    best = select(Lead).where(*_rivals(lead, lead.wedding_date)).order_by(Lead.lead_score.desc(), Lead.id)
    return list(session.scalars(best.limit(most)))


def _weight() -> ColumnElement[int]:
    """Of several entries on a day, the one that says most."""
    return case({DateState.BOOKED: 0, DateState.BLOCKED: 1}, value=DateEntry.state, else_=2)


def _rivals(lead: Lead, day: date) -> tuple[ColumnElement[bool], ...]:
    return Lead.wedding_date == day, Lead.id != lead.id, Lead.lead_status.in_(sorted(OPEN_STATUSES))
