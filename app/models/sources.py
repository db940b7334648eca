"""Where leads come from and what that costs."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Created, TenantRow, Updated, belongs_to_supplier, within_supplier
from app.models.choices import Priority, SourceCategory


class LeadSource(TenantRow, Updated, Base):
    """A source of leads. The counters equal a recount at any time; `cost_per_lead` is null when unknown."""

    __tablename__ = "lead_sources"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("auto_assign_to_user_id", "memberships"),
        Index("ix_lead_sources_name", "supplier_id", text("lower(source_name)"), unique=True),
        Index("ix_lead_sources_slug", "supplier_id", "slug", unique=True),
        Index("ix_lead_sources_category", "supplier_id", "source_category"),
    )

    source_name: Mapped[str] = mapped_column(String(100))
    slug: Mapped[str] = mapped_column(String(100))
    """The name in lower case with underscores, as the API and UTM parameters say it."""
    source_category: Mapped[SourceCategory]
    tracking_url: Mapped[str | None]
    utm_parameters: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """`utm_source` and, optionally, `utm_medium` and `utm_campaign` that mean this source."""
    conversion_tracking_code: Mapped[str | None]
    total_leads: Mapped[int] = mapped_column(default=0, server_default="0")
    qualified_leads: Mapped[int] = mapped_column(default=0, server_default="0")
    converted_leads: Mapped[int] = mapped_column(default=0, server_default="0")
    total_revenue: Mapped[Decimal] = mapped_column(Numeric(16, 2), default=Decimal(0), server_default="0")
    """Wider than money elsewhere: a sum over all its bookings."""
    cost_per_lead: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    commission_rate: Mapped[Decimal | None] = mapped_column(Numeric(5, 4))
    """Share of a booking's value owed to this source, 0..1."""
    is_active: Mapped[bool] = mapped_column(default=True, server_default="true")
    auto_assign_to_user_id: Mapped[UUID | None]
    default_priority: Mapped[Priority] = mapped_column(
        default=Priority.MEDIUM, server_default=Priority.MEDIUM
    )


class SourceCost(TenantRow, Created, Base):
    """Money spent on a source over a period, both days included."""

    __tablename__ = "source_costs"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("source_id", "lead_sources", ondelete="CASCADE"),
        CheckConstraint("period_start <= period_end", name="period"),
        CheckConstraint("amount >= 0", name="amount"),
        Index("ix_source_costs_period", "supplier_id", "source_id", "period_start"),
    )

    source_id: Mapped[UUID]
    period_start: Mapped[date]
    period_end: Mapped[date]
    amount: Mapped[Decimal]
    note: Mapped[str | None]
