"""The consent ledger: append-only, read for every `consent_*` field of a lead."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, TenantRow, belongs_to_supplier, within_supplier
from app.models.choices import ConsentPurpose


class ConsentEvent(TenantRow, Base):
    """A person gave or withdrew consent: for what, in which words, through what, when."""

    __tablename__ = "consent_events"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("lead_id", "leads", ondelete="CASCADE"),
        Index("ix_consent_events_lead", "supplier_id", "lead_id", "occurred_at"),
    )

    lead_id: Mapped[UUID]
    channel: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[ConsentPurpose]
    given: Mapped[bool]
    wording_version: Mapped[str | None] = mapped_column(String(50))
    source: Mapped[str] = mapped_column(String(100))
    address: Mapped[str | None] = mapped_column(String(255))
    occurred_at: Mapped[datetime] = mapped_column(server_default=func.now())
