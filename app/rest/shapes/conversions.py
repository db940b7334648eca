"""Bookings and payments, and the answers about them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.models.choices import AttributionModel, ConversionType
from app.rest.shapes.base import Money, Number, Shape
from app.rest.shapes.leads import Lead


class LeadConversion(Shape):
    """A milestone of a booking. Payments recognise no revenue: theirs is null."""

    id: UUID
    lead_id: UUID
    supplier_id: UUID
    conversion_type: ConversionType
    conversion_value: Money
    conversion_date: datetime
    first_touch_source: str | None
    last_touch_source: str | None
    touch_points_count: int
    attribution_model: AttributionModel
    days_to_conversion: int | None
    total_interactions: int | None
    nurture_sequences_completed: int
    attributed_revenue: Money | None
    commission_amount: Money | None
    notes: str | None
    cancelled_at: datetime | None
    created_at: datetime


class SourceAttribution(Shape):
    """A source's part of the recognised value; the percentages sum to 100."""

    source: str
    attribution_percentage: Annotated[Number, Field(description="From 0 to 100.")]
    attributed_revenue: Money


class ConvertLeadResponse(Shape):
    """The milestone, the lead as it is now, and which source earned what by it."""

    success: Literal[True] = True
    conversion: LeadConversion
    lead_updated: Lead
    revenue_attributed: Money
    source_attributions: list[SourceAttribution]
    message: str


class CancelConversionResponse(Shape):
    """The milestone that counts no more, and the lead as it is now."""

    success: Literal[True] = True
    conversion: LeadConversion
    lead_updated: Lead
    message: str
