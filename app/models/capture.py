"""Inquiries as they came in, the forms and endpoints they came through, imports, the date book."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ColumnElement,
    Index,
    LargeBinary,
    String,
    Text,
    desc,
    or_,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, Created, TenantRow, Updated, belongs_to_supplier, within_supplier
from app.models.accounts import Supplier
from app.models.choices import DateState, InquiryChannel, InquiryState, TouchpointKind
from app.models.leads import Lead


class CaptureForm(TenantRow, Updated, Base):
    """A public form of a supplier; `key` is in its address and names the supplier too."""

    __tablename__ = "capture_forms"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("source_id", "lead_sources"),
        Index(None, "supplier_id", "key", unique=True),
    )

    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100))
    heading: Mapped[str] = mapped_column(server_default="Tell us about your day")
    thanks: Mapped[str] = mapped_column(
        server_default="Thank you. We have your message and will be in touch."
    )
    services: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    allowed_origins: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    """Web origins the widget may post from; empty is any."""
    source_id: Mapped[UUID | None]
    """The source when the visit does not tell one."""
    consent_wording: Mapped[str] = mapped_column(server_default="")
    consent_version: Mapped[str] = mapped_column(server_default="1")
    is_active: Mapped[bool] = mapped_column(default=True, server_default="true")

    supplier: Mapped[Supplier] = relationship(lazy="raise", viewonly=True)


class Inquiry(TenantRow, Base):
    """One submission, kept whole and committed before it is answered. It becomes a lead or joins one."""

    __tablename__ = "inquiries"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("lead_id", "leads", ondelete="SET NULL"),
        within_supplier("form_id", "capture_forms", ondelete="SET NULL"),
        within_supplier("endpoint_id", "webhook_endpoints", ondelete="SET NULL"),
        Index("ix_inquiries_received", "supplier_id", desc("received_at"), desc("id")),
        Index(
            "ix_inquiries_uncaptured",
            "supplier_id",
            "state",
            desc("received_at"),
            desc("id"),
            postgresql_where=text("state <> 'captured'"),
        ),
        Index("ix_inquiries_lead", "supplier_id", "lead_id"),
        Index("ix_inquiries_idempotency", "supplier_id", "idempotency_key", unique=True),
        Index("ix_inquiries_waiting", "retry_at", postgresql_where=text("state = 'received'")),
    )

    channel: Mapped[InquiryChannel]
    state: Mapped[InquiryState] = mapped_column(
        default=InquiryState.RECEIVED, server_default=InquiryState.RECEIVED
    )
    form_id: Mapped[UUID | None]
    endpoint_id: Mapped[UUID | None]
    lead_id: Mapped[UUID | None]
    idempotency_key: Mapped[str] = mapped_column(String(100))
    """From the sender, or made from the content; a repeat finds the row instead of adding one."""
    payload: Mapped[dict[str, Any]]
    context: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """First and last UTM, click ids, referrer, landing page, IP address, user agent."""
    spam_reasons: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    error: Mapped[str | None]
    """Why the last attempt to capture it failed."""
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    """Failed attempts; each one waits longer before the next, at `retry_at`."""
    retry_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    received_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    captured_at: Mapped[datetime | None]

    lead: Mapped[Lead | None] = relationship(lazy="raise", viewonly=True)


class Touchpoint(TenantRow, Base):
    """A contact that may earn credit for a booking. Opens never count."""

    __tablename__ = "touchpoints"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("lead_id", "leads", ondelete="CASCADE"),
        within_supplier("source_id", "lead_sources"),
        within_supplier("inquiry_id", "inquiries", ondelete="SET NULL"),
        Index("ix_touchpoints_lead", "supplier_id", "lead_id", "occurred_at"),
    )

    lead_id: Mapped[UUID]
    source_id: Mapped[UUID | None]
    inquiry_id: Mapped[UUID | None]
    kind: Mapped[TouchpointKind]
    occurred_at: Mapped[datetime]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class WebhookEndpoint(TenantRow, Updated, Base):
    """An address where another system sends us leads (`inbound`), or that we tell of events (`outbound`)."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        belongs_to_supplier(),
        CheckConstraint("direction in ('inbound', 'outbound')", name="direction"),
    )

    direction: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(100))
    url: Mapped[str | None]
    secret: Mapped[str]
    events: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    field_mapping: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    is_active: Mapped[bool] = mapped_column(default=True, server_default="true")


class WebhookDelivery(TenantRow, Created, Base):
    """One message to or from an endpoint; `message_key` is the Standard Webhooks id and is seen once."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("endpoint_id", "webhook_endpoints", ondelete="CASCADE"),
        Index(None, "supplier_id", "endpoint_id", "message_key", unique=True),
        Index(
            "ix_webhook_deliveries_due",
            "next_attempt_at",
            postgresql_where=text("next_attempt_at is not null"),
        ),
    )

    endpoint_id: Mapped[UUID]
    message_key: Mapped[str] = mapped_column(String(100))
    event_type: Mapped[str] = mapped_column(String(100))
    payload: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_attempt_at: Mapped[datetime | None]
    response_status: Mapped[int | None]
    error: Mapped[str | None]
    delivered_at: Mapped[datetime | None]


class ImportRun(TenantRow, Updated, Base):
    """A file of leads: its mapping, its progress and what became of each row."""

    __tablename__ = "imports"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("created_by_user_id", "memberships"),
        CheckConstraint("state in ('uploaded', 'running', 'done', 'failed', 'cancelled')", name="state"),
        Index(None, "supplier_id", "content_hash"),
    )

    created_by_user_id: Mapped[UUID | None]
    file_name: Mapped[str] = mapped_column(String(255))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(20), server_default="uploaded")
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    total_rows: Mapped[int] = mapped_column(default=0, server_default="0")
    done_rows: Mapped[int] = mapped_column(default=0, server_default="0")
    results: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default="[]", deferred=True)
    error: Mapped[str | None]


class DateEntry(TenantRow, Created, Base):
    """A day of the supplier's calendar that is held for a lead, booked, or blocked."""

    __tablename__ = "date_entries"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("lead_id", "leads", ondelete="SET NULL"),
        Index("ix_date_entries_day", "supplier_id", "on_date"),
        Index(
            "ix_date_entries_blocked",
            "supplier_id",
            "on_date",
            postgresql_where=text("state = 'blocked'"),
        ),
        Index(
            "ix_date_entries_held",
            "supplier_id",
            "held_until",
            postgresql_where=text("state = 'held'"),
        ),
        Index(
            "ix_date_entries_lead",
            "supplier_id",
            "lead_id",
            "on_date",
            unique=True,
            postgresql_where=text("lead_id is not null"),
        ),
    )

    on_date: Mapped[date]
    state: Mapped[DateState]
    lead_id: Mapped[UUID | None]
    note: Mapped[str | None]
    held_until: Mapped[datetime | None]
    services: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")

    @classmethod
    def in_force(cls, now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
        """Does the entry still take its day, or is it a hold that ended?"""
        return or_(cls.state != DateState.HELD, cls.held_until.is_(None), cls.held_until > now)
