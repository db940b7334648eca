"""How sources do: leads, bookings, money spent and earned."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, Numeric, Subquery, case, cast, func, literal, select
from sqlalchemy.orm import Session

from app.analytics.cohort import COUNTED, NO_MONEY, Period
from app.kernel.money import quantize
from app.kernel.rates import Interval, share, wilson
from app.models.choices import LeadStatus
from app.models.leads import Lead
from app.models.sources import LeadSource, SourceCost

ENOUGH = 10
"""Leads from which on a source's rate is compared with others."""
UNKNOWN = "unknown"


@dataclass(frozen=True)
class SourcePerformance:
    """A source over the leads created in a period. Money is in the supplier's currency; null is unknown."""

    source_name: str
    leads_count: int
    won_count: int
    revenue_generated: Decimal
    cost: Decimal | None
    """What was spent in the period; a cost of several periods counts by its days."""

    @property
    def conversion_rate(self) -> Decimal | None:
        return share(self.won_count, self.leads_count)

    @property
    def conversion_interval(self) -> Interval | None:
        return wilson(self.won_count, self.leads_count)

    @property
    def cost_per_lead(self) -> Decimal | None:
        return quantize(self.cost / self.leads_count) if self.cost is not None and self.leads_count else None

    @property
    def roi(self) -> Decimal | None:
        """(Revenue - cost) ÷ cost; None when the cost is unknown or 0."""
        return (self.revenue_generated - self.cost) / self.cost if self.cost else None


@dataclass(frozen=True)
class Standing:
    """The sources against each other, over all time."""

    total_sources: int
    best_source: str | None
    """The highest lower bound of the 95 % Wilson interval, of those with enough leads."""
    highest_rate: Decimal | None
    lowest_cost_per_lead: Decimal | None


def performance(session: Session, period: Period) -> list[SourcePerformance]:
    """Each source with leads or costs in the period, the most leads first, in one statement."""
    leads, costs = _leads(period.cohort), _costs(period)
    name = func.coalesce(LeadSource.source_name, UNKNOWN)
    rows = session.execute(
        select(
            name,
            func.coalesce(leads.c.leads, 0),
            func.coalesce(leads.c.won, 0),
            func.coalesce(leads.c.revenue, NO_MONEY),
            costs.c.cost,
        )
        .select_from(leads)
        .join(LeadSource, LeadSource.id == leads.c.source_id, full=True)
        .outerjoin(costs, costs.c.source_id == LeadSource.id)
        .where((leads.c.leads > 0) | costs.c.cost.is_not(None))
        .order_by(func.coalesce(leads.c.leads, 0).desc(), name)
    )
    return [SourcePerformance(*row) for row in rows]


def standing(session: Session) -> Standing:
    """Which source does best, of those with at least 10 leads; two statements."""
    leads = _leads(COUNTED)
    rows = session.execute(
        select(LeadSource.source_name, leads.c.leads, leads.c.won)
        .join(leads, leads.c.source_id == LeadSource.id)
        .where(leads.c.leads >= ENOUGH)
        .order_by(LeadSource.source_name)
    ).all()
    total, cheapest = session.execute(
        select(func.count(LeadSource.id), func.min(LeadSource.cost_per_lead))
    ).one()
    best = max(rows, key=lambda row: _lower_bound(row.won, row.leads), default=None)
    rates = [Decimal(row.won) / row.leads for row in rows]
    return Standing(total, best.source_name if best else None, max(rates, default=None), cheapest)


def _lower_bound(won: int, leads: int) -> Decimal:
    interval = wilson(won, leads)
    return interval.low if interval else Decimal(0)


def _leads(which: ColumnElement[bool]) -> Subquery:
    """Leads, bookings and booked value by source."""
    won = Lead.lead_status == LeadStatus.WON
    return (
        select(
            Lead.lead_source_id.label("source_id"),
            func.count().label("leads"),
            func.count().filter(won).label("won"),
            func.sum(case((won, Lead.conversion_value))).label("revenue"),
        )
        .where(which)
        .group_by(Lead.lead_source_id)
        .subquery()
    )


def _costs(period: Period) -> Subquery:
    """What each source cost in the period: of a cost that reaches beyond it, the share of its days."""
    start, end = literal(period.start, Date), literal(period.end, Date)
    inside: Any = func.least(SourceCost.period_end, end) - func.greatest(SourceCost.period_start, start) + 1
    whole: Any = SourceCost.period_end - SourceCost.period_start + 1
    return (
        select(
            SourceCost.source_id,
            func.round(func.sum(SourceCost.amount * cast(inside, Numeric) / whole), 2).label("cost"),
        )
        .where(SourceCost.period_start <= end, SourceCost.period_end >= start)
        .group_by(SourceCost.source_id)
        .subquery()
    )
