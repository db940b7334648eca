"""What a lead adds to the counters of its source, and moving them when that changes.

`total_leads` and `qualified_leads` leave spam and duplicates out, `converted_leads` are those that are
won, `total_revenue` is what their bookings recognised. The source's row is shared by all its leads: take
`worth` before a change and `move` with what it is after; the unit of work writes it last.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from app.kernel import totals
from app.models.choices import QUALIFIED_STATUSES, UNCOUNTED_STATUSES, LeadStatus
from app.models.leads import Lead, StatusHistory
from app.models.sources import LeadSource, SourceCost

MOST_A_LEAD = Decimal("999999.99")
"""The column holds no more."""


@dataclass(frozen=True)
class Worth:
    """One lead's part in its source's counters."""

    source_id: UUID | None
    leads: int
    qualified: int
    converted: int
    revenue: Decimal

    def plus(self, other: "Worth") -> "Worth":
        """Both together."""
        return Worth(
            self.source_id,
            self.leads + other.leads,
            self.qualified + other.qualified,
            self.converted + other.converted,
            self.revenue + other.revenue,
        )

    def without(self, other: "Worth") -> "Worth":
        """What this is more than the other one."""
        return self.plus(
            Worth(other.source_id, -other.leads, -other.qualified, -other.converted, -other.revenue)
        )


def worth(session: Session, lead: Lead) -> Worth:
    """What the lead counts for as it is now, its history included."""
    if lead.lead_status in UNCOUNTED_STATUSES:
        return Worth(lead.lead_source_id, 0, 0, 0, Decimal(0))
    session.flush()
    reached = select(StatusHistory.id).where(
        StatusHistory.lead_id == lead.id, StatusHistory.to_status.in_(sorted(QUALIFIED_STATUSES))
    )
    qualified = session.execute(reached.limit(1)).first() is not None
    is_won = lead.lead_status is LeadStatus.WON
    revenue = (lead.conversion_value or Decimal(0)) if is_won else Decimal(0)
    return Worth(lead.lead_source_id, 1, int(qualified), int(is_won), revenue)


def nothing(lead: Lead) -> Worth:
    """What a lead counts for that is no more."""
    return Worth(lead.lead_source_id, 0, 0, 0, Decimal(0))


def move(before: Worth, after: Worth) -> None:
    """Move the source's counters from one to the other; nothing is written when they are the same."""
    if before != after and after.source_id is not None:
        totals.add(SOURCES, after.source_id, after.without(before))


def count_lead(lead: Lead) -> None:
    """One more lead came from its source."""
    move(nothing(lead), Worth(lead.lead_source_id, 1, 0, 0, Decimal(0)))


def _move(session: Session, source_id: UUID, part: Worth) -> None:
    leads = LeadSource.total_leads + part.leads
    values: dict[str, ColumnElement[Any]] = {
        "qualified_leads": LeadSource.qualified_leads + part.qualified,
        "converted_leads": LeadSource.converted_leads + part.converted,
        "total_revenue": LeadSource.total_revenue + part.revenue,
    }
    if part.leads:
        values |= {"total_leads": leads, "cost_per_lead": _cost_per_lead(leads)}
    session.execute(update(LeadSource).where(LeadSource.id == source_id).values(values))


def _cost_per_lead(leads: ColumnElement[int]) -> ColumnElement[Any]:
    """What was spent on the source, shared by that many leads; null when nothing was or there are none."""
    share = func.round(func.sum(SourceCost.amount) / func.nullif(leads, 0), 2)
    return (
        select(func.least(share, MOST_A_LEAD))
        .where(SourceCost.supplier_id == LeadSource.supplier_id, SourceCost.source_id == LeadSource.id)
        .having(func.count() > 0)
        .correlate(LeadSource)
        .scalar_subquery()
    )


SOURCES = totals.Total("lead_sources", _move)
