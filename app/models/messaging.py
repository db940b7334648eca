"""Messages to couples, what became of them, and the addresses we may not write to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, desc, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, Created, TenantRow, Updated, belongs_to_supplier, within_supplier
from app.models.choices import Channel, MessageClass, MessageEventType, MessageState, SuppressionReason
from app.models.leads import Lead


class Message(TenantRow, Updated, Base):
    """One message to one address. Its id is the idempotency key and the left part of its Message-ID.

    One per enrollment, step and channel, so that a step can never send twice.
    """

    __tablename__ = "messages"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("lead_id", "leads", ondelete="CASCADE"),
        within_supplier("enrollment_id", "lead_nurture_enrollments", ondelete="SET NULL"),
        within_supplier("sequence_step_id", "nurture_sequence_steps", ondelete="SET NULL"),
        within_supplier("sent_by_user_id", "memberships"),
        CheckConstraint("subject !~ '[\\r\\n]'", name="subject_one_line"),
        Index(
            "ix_messages_step",
            "supplier_id",
            "enrollment_id",
            "sequence_step_id",
            "channel",
            unique=True,
            postgresql_where=text("enrollment_id is not null"),
        ),
        Index("ix_messages_id", "id"),
        Index("ix_messages_lead", "supplier_id", "lead_id", desc("created_at")),
        Index("ix_messages_outbox", "supplier_id", desc("created_at"), desc("id")),
        Index(
            "ix_messages_unsent",
            "supplier_id",
            "state",
            desc("created_at"),
            desc("id"),
            postgresql_where=text("state <> 'accepted'"),
        ),
        Index(
            "ix_messages_due",
            "due_at",
            postgresql_where=text("state = 'due'"),
            postgresql_include=["supplier_id", "id"],
        ),
        Index(
            "ix_messages_supplier_due",
            "supplier_id",
            "due_at",
            postgresql_where=text("state = 'due'"),
        ),
        Index("ix_messages_leased", "lease_until", postgresql_where=text("state = 'sending'")),
        Index(
            "ix_messages_of_step",
            "supplier_id",
            "sequence_step_id",
            "state",
            postgresql_where=text("sequence_step_id is not null"),
        ),
    )

    lead_id: Mapped[UUID]
    enrollment_id: Mapped[UUID | None]
    sequence_step_id: Mapped[UUID | None]
    sent_by_user_id: Mapped[UUID | None]
    channel: Mapped[Channel]
    message_class: Mapped[MessageClass]
    to_address: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str | None] = mapped_column(String(255))
    html_body: Mapped[str | None]
    text_body: Mapped[str]
    variant: Mapped[str | None] = mapped_column(String(1))
    """Which of the step's texts this is, A first; null: the step has one alone."""
    links: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    """Where its tracked links lead, by the number that stands in them."""
    segments: Mapped[int | None]
    """Of a text message: how many parts it is sent and paid in."""
    state: Mapped[MessageState] = mapped_column(default=MessageState.DUE, server_default=MessageState.DUE)
    due_at: Mapped[datetime]
    not_after: Mapped[datetime | None]
    """Later than this it is no longer worth sending."""
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    lease_until: Mapped[datetime | None]
    transport: Mapped[str | None] = mapped_column(String(20))
    provider_id: Mapped[str | None] = mapped_column(String(255))
    reason: Mapped[str | None] = mapped_column(String(255))
    """Code of why it was skipped, deferred, failed or is uncertain."""
    accepted_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    """First seen to be opened by a person, as far as one can tell; likewise `clicked_at`."""
    clicked_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]

    lead: Mapped[Lead] = relationship(lazy="raise", viewonly=True)


class MessageEvent(TenantRow, Base):
    """What happened to a message; append-only."""

    __tablename__ = "message_events"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("message_id", "messages", ondelete="CASCADE"),
        Index("ix_message_events_message", "supplier_id", "message_id", "occurred_at"),
        Index(
            "ix_message_events_key",
            "supplier_id",
            "message_id",
            "event_key",
            unique=True,
            postgresql_where=text("event_key is not null"),
        ),
    )

    message_id: Mapped[UUID]
    event_type: Mapped[MessageEventType]
    occurred_at: Mapped[datetime] = mapped_column(server_default=func.now())
    is_human: Mapped[bool | None]
    event_key: Mapped[str | None] = mapped_column(String(255))
    """The name that whoever told us gives the event, so that it is counted once however often it is told."""
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class Suppression(TenantRow, Created, Base):
    """An address we may not write to on a channel, kept as a keyed hash so that it outlives the lead."""

    __tablename__ = "suppressions"
    __table_args__ = (
        belongs_to_supplier(),
        Index(None, "supplier_id", "channel", "address_hash", unique=True),
        Index("ix_suppressions_newest", "supplier_id", desc("created_at"), desc("id")),
    )

    channel: Mapped[Channel]
    address_hash: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[SuppressionReason]
    note: Mapped[str | None]


class SenderDomain(TenantRow, Updated, Base):
    """A domain of the supplier's own that e-mails are sent from and signed for (DKIM, RFC 6376)."""

    __tablename__ = "sender_domains"
    __table_args__ = (
        belongs_to_supplier(),
        CheckConstraint("domain = lower(domain)", name="domain"),
        Index("ix_sender_domains_domain", "supplier_id", "domain", unique=True),
        Index("ix_sender_domains_look", "look_at", postgresql_include=["supplier_id", "id"]),
    )

    domain: Mapped[str] = mapped_column(String(253))
    selector: Mapped[str] = mapped_column(String(63))
    private_key: Mapped[bytes] = mapped_column(LargeBinary)
    """Encrypted with the app's secret."""
    public_key: Mapped[str]
    """Base64, as it stands in the DNS record."""
    look_at: Mapped[datetime] = mapped_column(server_default=text("now() + interval '1 day'"))
    """When its records are looked at again by themselves."""
    checked_at: Mapped[datetime | None]
    findings: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """What the last look at the DNS found for SPF, DKIM and DMARC."""
    verified_at: Mapped[datetime | None]
    """Since when its DKIM record is right, without a break; null: it is not, and nothing is sent from it."""
