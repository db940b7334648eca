"""What a lead adds to the counters of its source, and moving them when that changes.

`total_leads` and `qualified_leads` leave spam and duplicates out, `converted_leads` are those that are
won, `total_revenue` is what their bookings recognised. The source's row is shared by all its leads: take
`worth` before a change and call `move` last, so that it is locked as briefly as can be.
"""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.models.choices import QUALIFIED_STATUSES, UNCOUNTED_STATUSES, LeadStatus
from app.models.leads import Lead, StatusHistory
from app.models.sources import LeadSource, SourceCost
from app.sources.service import MOST_A_LEAD


@dataclass(frozen=True)
class Worth:
    """One lead's part in its source's counters."""

    source_id: UUID | None
    leads: int
    qualified: int
    converted: int
    revenue: Decimal


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


def move(session: Session, before: Worth, after: Worth) -> None:
    """Move the source's counters from one to the other; nothing is written when they are the same."""
    if before == after or after.source_id is None:
        return
    session.flush()
    total = LeadSource.total_leads + (after.leads - before.leads)
    values = {
        "total_leads": total,
        "qualified_leads": LeadSource.qualified_leads + (after.qualified - before.qualified),
        "converted_leads": LeadSource.converted_leads + (after.converted - before.converted),
        "total_revenue": LeadSource.total_revenue + (after.revenue - before.revenue),
    }
    if after.leads != before.leads:
        values["cost_per_lead"] = (
            select(
                func.least(func.round(func.sum(SourceCost.amount) / func.nullif(total, 0), 2), MOST_A_LEAD)
            )
            .where(SourceCost.supplier_id == LeadSource.supplier_id, SourceCost.source_id == LeadSource.id)
            .having(func.count() > 0)
            .correlate(LeadSource)
            .scalar_subquery()
        )
    session.execute(update(LeadSource).where(LeadSource.id == after.source_id).values(values))
