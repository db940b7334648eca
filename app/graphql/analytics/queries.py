"""`analytics`: each part is computed only when it is selected."""

from datetime import date

import strawberry

from app.analytics import queries, sources
from app.analytics.cohort import Period, period
from app.graphql.analytics import types
from app.graphql.context import Info, reading
from app.graphql.declare import field, value


@value
class Analytics:
    """The supplier's leads over some days of its calendar, computed from the facts."""

    period: strawberry.Private[Period]

    @field()
    def date_range(self) -> types.DateRange:
        return types.DateRange(start_date=self.period.start, end_date=self.period.end)

    @field(cost=1000)
    def metrics(self, info: Info) -> types.AnalyticsMetrics:
        return types.metrics(queries.metrics(reading(info), self.period))

    @field(cost=1000)
    def source_performance(self, info: Info) -> list[types.SourcePerformance]:
        """Sources with leads or costs, the most leads first."""
        return [types.source_performance(found) for found in sources.performance(reading(info), self.period)]

    @field(cost=1000)
    def trends(self, info: Info) -> list[types.TrendDay]:
        """Every day of the period."""
        return [types.TrendDay(**vars(found)) for found in queries.trend(reading(info), self.period)]

    @field(cost=1000)
    def funnel_analysis(self, info: Info) -> list[types.FunnelStage]:
        """The stages in order; `follow_up` is a flag, not a stage."""
        return [types.funnel_stage(found) for found in queries.funnel(reading(info), self.period)]


@value
class AnalyticsQueries:
    @field()
    def analytics(self, info: Info, start_date: date, end_date: date) -> Analytics:
        """The figures of at most 1,096 days, both included."""
        return Analytics(period=period(reading(info), start_date, end_date))
