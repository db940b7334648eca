"""`/api/leads/analytics`: the figures of a range of days."""

from flask import Blueprint, Response

from app.analytics import queries, sources
from app.analytics.cohort import period
from app.kernel.db import db
from app.rest.answers import answer
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.shapes import analytics as shapes

blueprint = guard(Blueprint("api_analytics", __name__, url_prefix="/api/leads/analytics"))


@blueprint.get("")
@operation("getLeadAnalytics", tag="Analytics", answers={200: shapes.LeadAnalyticsResponse})
def show(query: shapes.AnalyticsQuery) -> Response:
    """Figures, sources, trend and funnel of a range of days."""
    session = db.session()
    days = period(session, query.start_date, query.end_date)
    return answer(
        shapes.LeadAnalyticsResponse(
            date_range=shapes.DateRange(start_date=days.start, end_date=days.end),
            metrics=shapes.Metrics.model_validate(queries.metrics(session, days)),
            source_performance=map(
                shapes.SourcePerformance.model_validate, sources.performance(session, days)
            ),
            trends=map(shapes.TrendDay.model_validate, queries.trend(session, days)),
            funnel_analysis=map(shapes.FunnelStage.model_validate, queries.funnel(session, days)),
        )
    )
