"""The figures of a period, as the specification's LeadAnalyticsResponse has them."""

from datetime import date
from decimal import Decimal

import strawberry

from app.analytics import queries, sources
from app.graphql.declare import value
from app.kernel.rates import Interval
from app.models.choices import LeadStatus


@value
class DateRange:
    """Days of the supplier's calendar, both included."""

    start_date: date
    end_date: date


@value
class RateInterval:
    """The 95 % Wilson score interval of a rate."""

    low: float
    high: float


@value
class AnalyticsMetrics:
    """Of the leads created in the period, without spam and duplicates.

    Rates are from 0 to 1; null is unknown.
    """

    leads_created: int
    leads_qualified: int = strawberry.field(description="Ever reached qualified or a later stage.")
    leads_converted: int
    leads_lost: int
    conversion_rate: float | None = strawberry.field(description="Won ÷ created.")
    conversion_rate_interval: RateInterval | None
    average_lead_score: float | None
    average_days_to_conversion: float | None
    total_conversion_value: Decimal


@value
class SourcePerformance:
    """A source over the leads created in the period. Null is unknown."""

    source_name: str
    leads_count: int
    conversion_rate: float | None
    conversion_rate_interval: RateInterval | None
    cost_per_lead: Decimal | None
    revenue_generated: Decimal
    roi: float | None = strawberry.field(
        description="(Revenue - cost) ÷ cost; null when the cost is unknown or 0."
    )


@value
class TrendDay:
    """A day of the supplier's calendar: leads created on it, and leads won on it."""

    date: date
    leads_created: int
    leads_converted: int
    conversion_value: Decimal


@value
class FunnelStage:
    """Leads created in the period that ever reached the stage or a later one."""

    stage: LeadStatus
    count: int
    percentage: float | None = strawberry.field(description="Of the first stage, from 0 to 100.")
    drop_off_rate: float | None = strawberry.field(description="Lost since the stage before, from 0 to 1.")


def metrics(found: queries.Metrics) -> AnalyticsMetrics:
    return AnalyticsMetrics(
        leads_created=found.leads_created,
        leads_qualified=found.leads_qualified,
        leads_converted=found.leads_converted,
        leads_lost=found.leads_lost,
        average_lead_score=number(found.average_lead_score),
        average_days_to_conversion=number(found.average_days_to_conversion),
        total_conversion_value=found.total_conversion_value,
        conversion_rate=number(found.conversion_rate),
        conversion_rate_interval=interval(found.conversion_interval),
    )


def source_performance(found: sources.SourcePerformance) -> SourcePerformance:
    return SourcePerformance(
        source_name=found.source_name,
        leads_count=found.leads_count,
        conversion_rate=number(found.conversion_rate),
        conversion_rate_interval=interval(found.conversion_interval),
        cost_per_lead=found.cost_per_lead,
        revenue_generated=found.revenue_generated,
        roi=number(found.roi),
    )


def interval(found: Interval | None) -> RateInterval | None:
    return RateInterval(low=float(found.low), high=float(found.high)) if found else None


def number(found: Decimal | None) -> float | None:
    return None if found is None else float(found)


def funnel_stage(found: queries.FunnelStage) -> FunnelStage:
    return FunnelStage(
        stage=found.stage,
        count=found.count,
        percentage=number(found.percentage),
        drop_off_rate=number(found.drop_off_rate),
    )
