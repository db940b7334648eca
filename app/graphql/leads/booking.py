"""A couple books or pays, or does not after all: `convertLead`, `cancelConversion`."""

from decimal import Decimal
from uuid import UUID

import strawberry

from app.conversions.schemas import ConvertLead
from app.graphql.context import Info
from app.graphql.declare import mutation, value
from app.graphql.leads.origin import LeadConversion
from app.graphql.leads.types import Lead
from app.graphql.payload import Payload, row_of
from app.graphql.read import Rows
from app.models import conversions
from app.models import leads as models
from app.workflows.cancel_conversion import cancel_conversion
from app.workflows.convert_lead import Attribution, convert_lead


@value
class SourceAttribution:
    """A source's part of a booking: its percentage, from 0 to 100, and its money."""

    source: str
    attribution_percentage: float
    attributed_revenue: Decimal


@value
class ConvertLeadPayload(Payload):
    """Payments are cash and no revenue again: theirs is 0, of no source."""

    conversion: Rows | None = strawberry.field(graphql_type=LeadConversion | None, default=None)
    lead_updated: Rows | None = strawberry.field(graphql_type=Lead | None, default=None)
    revenue_attributed: Decimal | None = None
    source_attributions: list[SourceAttribution] = strawberry.field(default_factory=list)


@value
class CancelConversionPayload(Payload):
    conversion: Rows | None = strawberry.field(graphql_type=LeadConversion | None, default=None)
    lead_updated: Rows | None = strawberry.field(graphql_type=Lead | None, default=None)


@value
class BookingMutations:
    @mutation
    def convert_lead(self, info: Info, id: UUID, input: ConvertLead) -> ConvertLeadPayload:
        """Record a booking or a payment: the lead is won, its day booked, and its sources are credited."""
        made = convert_lead(info.context.actor, id, input)
        return ConvertLeadPayload(
            success=True,
            message="Conversion recorded.",
            conversion=row_of(conversions.Conversion, made.conversion_id),
            lead_updated=row_of(models.Lead, made.lead_id),
            revenue_attributed=made.revenue_attributed,
            source_attributions=[_part(part) for part in made.attributions],
        )

    @mutation
    def cancel_conversion(self, info: Info, id: UUID) -> CancelConversionPayload:
        """Call a booking or a payment off; a lead without any other goes back to negotiation."""
        lead_id = cancel_conversion(info.context.actor, id)
        return CancelConversionPayload(
            success=True,
            message="Conversion cancelled.",
            conversion=row_of(conversions.Conversion, id),
            lead_updated=row_of(models.Lead, lead_id),
        )


def _part(found: Attribution) -> SourceAttribution:
    return SourceAttribution(
        source=found.source,
        attribution_percentage=float(found.attribution_percentage),
        attributed_revenue=found.attributed_revenue,
    )
