"""Suppliers, the people who work for them, their teams, sessions and API keys.

`users` and `sessions` are the only tables outside a tenant: a person may work for several suppliers,
and a sign-in is looked up before its supplier is known.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import ARRAY, CheckConstraint, Date, ForeignKey, Index, LargeBinary, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from app.kernel.actor import Role
from app.kernel.db import Base, Created, TenantRow, Updated, belongs_to_supplier, within_supplier
from app.models.choices import Trade

WORKING_HOURS = {str(day): ["09:00", "17:30"] for day in range(1, 6)}
LOST_REASONS = ["price", "date_unavailable", "chose_competitor", "no_response", "wedding_cancelled", "other"]


class Supplier(Updated, Base):
    """A business and the calendar, money and language it works in."""

    __tablename__ = "suppliers"
    __table_args__ = (
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("daily_message_cap between 1 and 10", name="daily_message_cap"),
        CheckConstraint("weekly_message_cap between 1 and 50", name="weekly_message_cap"),
        CheckConstraint("brand_color ~ '^#[0-9a-f]{6}$'", name="brand_color"),
        Index("ix_suppliers_sms_number", "sms_number", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, server_default=func.gen_random_uuid())
    name: Mapped[str]
    trade: Mapped[Trade] = mapped_column(server_default=Trade.OTHER)
    timezone: Mapped[str] = mapped_column(server_default="Europe/London")
    currency: Mapped[str] = mapped_column(server_default="GBP")
    """ISO 4217."""
    locale: Mapped[str] = mapped_column(server_default="en-GB")
    """BCP 47; the region also reads local phone numbers."""
    working_hours: Mapped[dict[str, Any]] = mapped_column(
        default=lambda: dict(WORKING_HOURS), server_default="{}"
    )
    """ISO weekday ("1" is Monday) to [opening, closing] in the supplier's zone; a missing day is closed."""
    holidays: Mapped[list[date]] = mapped_column(ARRAY(Date), default=list, server_default="{}")
    lost_reasons: Mapped[list[str]] = mapped_column(default=lambda: list(LOST_REASONS), server_default="{}")
    sender_name: Mapped[str | None]
    reply_to: Mapped[str | None]
    sender_address: Mapped[str | None]
    """Whom e-mails are from, at a verified domain of the supplier's; null: the operator's address."""
    sms_number: Mapped[str | None]
    """E.164; whom text messages are from, and where answers to them go. Null: none are sent."""
    sending_enabled: Mapped[bool] = mapped_column(server_default="true")
    daily_message_cap: Mapped[int] = mapped_column(default=1, server_default="1")
    """The most automated messages a lead gets in a calendar day, acknowledgements apart; weekly likewise."""
    weekly_message_cap: Mapped[int] = mapped_column(default=3, server_default="3")
    tracks_messages: Mapped[bool] = mapped_column(default=True, server_default="true")
    """E-mails of sequences tell when they are opened and their links followed."""
    brand_color: Mapped[str | None]
    """`#rrggbb`."""
    logo_url: Mapped[str | None]
    mail_footer: Mapped[str | None]
    """Below every e-mail: the business's postal address and what else the law wants there."""
    shows_booking_chance: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Beside each score, how often leads with such a score booked."""


class User(UserMixin, Updated, Base):
    """A person who signs in. The columns are those Flask-Security names."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(  # type: ignore[assignment] # its base says int and only ever prints it
        primary_key=True, default=uuid7, server_default=func.gen_random_uuid()
    )
    email: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str | None]
    full_name: Mapped[str] = mapped_column(server_default="")
    active: Mapped[bool] = mapped_column(server_default="true", default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    """Changing it signs the person out everywhere."""
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    tf_phone_number: Mapped[str | None]
    tf_last_counter: Mapped[int | None]
    """The time step of the last code taken; none is taken twice (RFC 6238 §5.2)."""
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(ARRAY(Text)))

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override]
        """Roles belong to memberships, so Flask-Security sees none on the person."""
        return []


class SignInSession(Created, Base):
    """One signed-in browser; the cookie holds the secret, the row its hash. Deleting it signs out."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, server_default=func.gen_random_uuid())
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    supplier_id: Mapped[UUID | None]
    """The supplier this browser works in; checked against the memberships on every request."""
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_agent: Mapped[str | None]
    ip_address: Mapped[str | None]
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]


class Team(TenantRow, Created, Base):
    """A group of members that leads may be handed to."""

    __tablename__ = "teams"
    __table_args__ = (belongs_to_supplier(), Index(None, "supplier_id", "name", unique=True))

    name: Mapped[str]


class Membership(Updated, Base):
    """A person's place at a supplier. Members leave by `is_active`; the row stays, as history names it."""

    __tablename__ = "memberships"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("team_id", "teams", ondelete="SET NULL"),
        Index(None, "user_id"),
        Index(None, "supplier_id", "calendar_key", unique=True),
    )

    supplier_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    role: Mapped[Role]
    team_id: Mapped[UUID | None]
    is_active: Mapped[bool] = mapped_column(server_default="true")
    takes_leads: Mapped[bool] = mapped_column(server_default="true")
    capacity: Mapped[int | None]
    """The most open leads this member takes by round-robin; null is no bound."""
    absent_from: Mapped[date | None]
    absent_until: Mapped[date | None]
    last_assigned_at: Mapped[datetime | None]
    wants_digest: Mapped[bool] = mapped_column(server_default="true", default=True)
    """A morning e-mail of what is due and who waits."""
    digest_on: Mapped[date | None]
    """The last day whose digest was made, or found empty, in the supplier's zone."""
    wants_notices: Mapped[bool] = mapped_column(server_default="true", default=True)
    """An e-mail when a lead is given to them."""
    calendar_key: Mapped[str | None]
    """The secret in the address of this member's calendar feed; null is no feed."""

    user: Mapped[User] = relationship(lazy="raise")
    team: Mapped[Team | None] = relationship(lazy="raise", viewonly=True)


class ApiKey(TenantRow, Created, Base):
    """A key for programs. It is shown once; we keep its hash. It acts with `role` within `scopes`."""

    __tablename__ = "api_keys"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("created_by_user_id", "memberships"),
        Index(None, "supplier_id", "key_hash", unique=True),
    )

    name: Mapped[str]
    prefix: Mapped[str]
    """How it looks, shortened, so that its owner can tell keys apart."""
    key_hash: Mapped[bytes] = mapped_column(LargeBinary)
    role: Mapped[Role]
    scopes: Mapped[list[str]]
    created_by_user_id: Mapped[UUID | None]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class AuditEntry(TenantRow, Base):
    """Who wrote what, with the values before and after. Append-only: the app's role may not change it."""

    __tablename__ = "audit_log"
    __table_args__ = (
        belongs_to_supplier(),
        Index(None, "supplier_id", "table_name", "row_id"),
        Index(None, "supplier_id", "occurred_at"),
    )

    occurred_at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    action: Mapped[str]
    table_name: Mapped[str]
    row_id: Mapped[UUID]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    request_id: Mapped[str | None]


class IdempotencyKey(TenantRow, Created, Base):
    """A request that must take effect once: its key, a hash of its parameters and the answer given."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        belongs_to_supplier(),
        Index(None, "supplier_id", "scope", "key", unique=True),
        Index(None, "expires_at"),
    )

    scope: Mapped[str]
    key: Mapped[str]
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    response_status: Mapped[int | None]
    response_body: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    expires_at: Mapped[datetime]
