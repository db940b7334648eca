"""Bookings and payments, and which source earned how much of them."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, String, desc, func
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Created, TenantRow, belongs_to_supplier, within_supplier
from app.models.choices import AttributionModel, ConversionType


class Conversion(TenantRow, Created, Base):
    """A milestone of a booking. Booking or contract recognises the value once; payments are cash."""

    __tablename__ = "lead_conversions"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("lead_id", "leads", ondelete="CASCADE"),
        CheckConstraint("conversion_value >= 0", name="conversion_value"),
        Index("ix_lead_conversions_lead", "supplier_id", "lead_id"),
        Index("ix_lead_conversions_date", "supplier_id", desc("conversion_date")),
    )

    lead_id: Mapped[UUID]
    conversion_type: Mapped[ConversionType]
    conversion_value: Mapped[Decimal]
    conversion_date: Mapped[datetime] = mapped_column(server_default=func.now())
    first_touch_source: Mapped[str | None] = mapped_column(String(100))
    last_touch_source: Mapped[str | None] = mapped_column(String(100))
    touch_points_count: Mapped[int] = mapped_column(default=0, server_default="0")
    attribution_model: Mapped[AttributionModel] = mapped_column(
        default=AttributionModel.LAST_TOUCH, server_default=AttributionModel.LAST_TOUCH
    )
    days_to_conversion: Mapped[int | None]
    total_interactions: Mapped[int | None]
    nurture_sequences_completed: Mapped[int] = mapped_column(default=0, server_default="0")
    attributed_revenue: Mapped[Decimal | None]
    commission_amount: Mapped[Decimal | None]
    notes: Mapped[str | None]
    cancelled_at: Mapped[datetime | None]


class ConversionCredit(TenantRow, Base):
    """A source's share of a conversion under one model; each model's shares sum to the value exactly."""

    __tablename__ = "conversion_credits"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("conversion_id", "lead_conversions", ondelete="CASCADE"),
        within_supplier("source_id", "lead_sources"),
        Index(None, "supplier_id", "conversion_id", "model"),
    )

    conversion_id: Mapped[UUID]
    model: Mapped[AttributionModel]
    source_id: Mapped[UUID | None]
    source_name: Mapped[str] = mapped_column(String(100))
    share: Mapped[Decimal] = mapped_column(Numeric(7, 6))
    amount: Mapped[Decimal]
