"""The specification's LeadAnalyticsResponse."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.kernel.schema import Day, Schema
from app.models.choices import LeadStatus
from app.rest.shapes.base import Money, Number, Rate, Shape


class AnalyticsQuery(Schema):
    """Days of the supplier's calendar, both included; at most 1,096."""

    start_date: Day
    end_date: Day


class DateRange(Shape):
    start_date: date
    end_date: date


class Metrics(Shape):
    """Of the leads created in the range, without spam and duplicates; null is unknown."""

    leads_created: int
    leads_qualified: int
    leads_converted: int
    leads_lost: int
    conversion_rate: Rate | None
    average_lead_score: Number | None
    average_days_to_conversion: Number | None
    total_conversion_value: Money


class SourcePerformance(Shape):
    """A source over the leads created in the range; null is unknown."""

    source_name: str
    leads_count: int
    conversion_rate: Rate | None
    cost_per_lead: Money | None
    revenue_generated: Money
    roi: Annotated[Number, Field(description="(Revenue - cost) ÷ cost.")] | None


class TrendDay(Shape):
    """A day: the leads created on it, and those won on it with their value."""

    date: date
    leads_created: int
    leads_converted: int
    conversion_value: Money


class FunnelStage(Shape):
    """Leads created in the range that ever reached the stage or a later one."""

    stage: LeadStatus
    count: int
    percentage: Annotated[Number, Field(description="Of the first stage, from 0 to 100.")] | None
    drop_off_rate: Annotated[Rate, Field(description="Lost since the stage before, from 0 to 1.")] | None


class LeadAnalyticsResponse(Shape):
    """The figures of some days of the supplier's calendar."""

    date_range: DateRange
    metrics: Metrics
    source_performance: list[SourcePerformance]
    trends: list[TrendDay]
    funnel_analysis: list[FunnelStage]
