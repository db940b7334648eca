"""Daily totals, recomputable for any day from the facts."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, Numeric, desc
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Created, TenantRow, belongs_to_supplier


class DailyAnalytics(TenantRow, Created, Base):
    """One day in the supplier's zone. `is_dirty` marks a day whose facts changed since it was computed."""

    __tablename__ = "lead_analytics_daily"
    __table_args__ = (
        belongs_to_supplier(),
        Index("ix_lead_analytics_daily_date", "supplier_id", desc("date_recorded"), unique=True),
    )

    date_recorded: Mapped[date]
    leads_created: Mapped[int] = mapped_column(default=0, server_default="0")
    leads_qualified: Mapped[int] = mapped_column(default=0, server_default="0")
    leads_converted: Mapped[int] = mapped_column(default=0, server_default="0")
    leads_lost: Mapped[int] = mapped_column(default=0, server_default="0")
    source_breakdown: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    total_conversion_value: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    average_lead_score: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    average_days_to_conversion: Mapped[Decimal | None] = mapped_column(Numeric(7, 2))
    total_interactions: Mapped[int] = mapped_column(default=0, server_default="0")
    emails_sent: Mapped[int] = mapped_column(default=0, server_default="0")
    calls_made: Mapped[int] = mapped_column(default=0, server_default="0")
    meetings_scheduled: Mapped[int] = mapped_column(default=0, server_default="0")
    is_dirty: Mapped[bool] = mapped_column(default=False, server_default="false")
