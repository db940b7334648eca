"""`leadSources`: the sources, and how they do."""

from decimal import Decimal

import strawberry

from app.analytics.sources import standing
from app.graphql.context import Info, reading
from app.graphql.declare import field, value
from app.graphql.paging import First
from app.graphql.read import Rows, top
from app.graphql.sources.types import BY_NAME, LeadSource
from app.models import sources as models


@value
class SourcePerformanceSummary:
    """Over all leads but spam and duplicates. A rate counts from 10 leads on; null is unknown."""

    total_sources: int
    best_performing_source: str | None = strawberry.field(
        description="The highest lower bound of the 95 % Wilson interval of the conversion rate."
    )
    highest_conversion_rate: float | None
    lowest_cost_per_lead: Decimal | None


@value
class LeadSources:
    """The sources of leads, and how they do."""

    @field(list[LeadSource])
    def sources(self, first: First = 100, is_active: bool | None = None) -> Rows:
        """The sources by name."""
        chosen = () if is_active is None else (models.LeadSource.is_active.is_(is_active),)
        return top(BY_NAME, first, *chosen)

    @field(cost=500)
    def performance_summary(self, info: Info) -> SourcePerformanceSummary:
        """How the sources compare."""
        found = standing(reading(info))
        return SourcePerformanceSummary(
            total_sources=found.total_sources,
            best_performing_source=found.best_source,
            highest_conversion_rate=None if found.highest_rate is None else float(found.highest_rate),
            lowest_cost_per_lead=found.lowest_cost_per_lead,
        )


@value
class SourceQueries:
    @field()
    def lead_sources(self) -> LeadSources:
        """The sources of leads, and how they do."""
        return LeadSources()
