"""How a lead came, and what it became: inquiries, touchpoints, conversions."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from strawberry.scalars import JSON

from app.graphql.paging import First
from app.graphql.read import Rows, many, one, row, top
from app.graphql.sources.types import LeadSource
from app.kernel.keyset import Order
from app.models import capture, conversions, sources
from app.models.choices import AttributionModel, ConversionType, InquiryChannel, InquiryState, TouchpointKind

NEWEST_INQUIRY = Order("-received_at", capture.Inquiry.received_at, capture.Inquiry.id)
FIRST_TOUCH = Order("occurred_at", capture.Touchpoint.occurred_at, capture.Touchpoint.id, descending=False)
NEWEST_CONVERSION = Order(
    "-conversion_date", conversions.Conversion.conversion_date, conversions.Conversion.id
)
BY_MODEL = Order(
    "model", conversions.ConversionCredit.model, conversions.ConversionCredit.id, descending=False
)


@row(capture.Inquiry)
class Inquiry:
    """One submission from outside, as it came."""

    id: UUID
    channel: InquiryChannel
    state: InquiryState
    payload: JSON
    context: JSON
    spam_reasons: list[str]
    received_at: datetime
    captured_at: datetime | None


@row(capture.Touchpoint)
class Touchpoint:
    """A contact that may earn credit for a booking."""

    id: UUID
    kind: TouchpointKind
    source: LeadSource | None = one(sources.LeadSource, "source_id")
    occurred_at: datetime
    details: JSON


@row(conversions.ConversionCredit)
class ConversionCredit:
    """A source's share of a conversion under one model; the shares of a model sum to the value."""

    id: UUID
    model: AttributionModel
    source: LeadSource | None = one(sources.LeadSource, "source_id")
    source_name: str
    share: float
    amount: Decimal


@row(conversions.Conversion)
class LeadConversion:
    """A milestone of a booking."""

    id: UUID
    lead_id: UUID
    conversion_type: ConversionType
    conversion_value: Decimal
    conversion_date: datetime
    first_touch_source: str | None
    last_touch_source: str | None
    touch_points_count: int
    attribution_model: AttributionModel
    days_to_conversion: int | None
    total_interactions: int | None
    nurture_sequences_completed: int
    attributed_revenue: Decimal | None
    commission_amount: Decimal | None
    notes: str | None
    cancelled_at: datetime | None
    created_at: datetime

    @many(list[ConversionCredit], "conversion_id")
    def credits(self, first: First = 100, model: AttributionModel | None = None) -> Rows:
        """Which source earned how much, by model."""
        chosen = () if model is None else (conversions.ConversionCredit.model == model,)
        return top(BY_MODEL, first, *chosen)
