"""E-mails to the people of a supplier, apart from those to couples: they are part of no lead's history."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Created, TenantRow, belongs_to_supplier, within_supplier
from app.models.choices import MessageState, NoticeKind


class Notice(TenantRow, Created, Base):
    """Something to tell a member: that a lead was given to them, that a couple answered, their digest of a
    day, or that the records of a domain that e-mails are from are not right any more.

    The id of an `assigned` or `answered` notice is that of the timeline entry it tells of, so that each is
    told once. It keeps no text: the e-mail is written from the facts when it leaves.
    """

    __tablename__ = "notices"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("user_id", "memberships"),
        within_supplier("lead_id", "leads", ondelete="CASCADE"),
        within_supplier("sender_domain_id", "sender_domains", ondelete="CASCADE"),
        CheckConstraint(
            "(kind in ('assigned', 'answered')) = (lead_id is not null)"
            " and (kind = 'digest') = (day is not null)"
            " and (kind = 'domain') = (sender_domain_id is not null)",
            name="about",
        ),
        Index(
            "ix_notices_day",
            "supplier_id",
            "user_id",
            "day",
            unique=True,
            postgresql_where=text("day is not null"),
        ),
        Index("ix_notices_member", "supplier_id", "user_id", "state"),
        Index("ix_notices_lead", "supplier_id", "lead_id"),
        Index("ix_notices_sender_domain", "supplier_id", "sender_domain_id"),
        Index("ix_notices_created", "supplier_id", "created_at"),
        Index(
            "ix_notices_due",
            "due_at",
            postgresql_where=text("state = 'due'"),
            postgresql_include=["supplier_id", "id"],
        ),
        Index("ix_notices_leased", "lease_until", postgresql_where=text("state = 'sending'")),
    )

    user_id: Mapped[UUID]
    kind: Mapped[NoticeKind]
    lead_id: Mapped[UUID | None]
    day: Mapped[date | None]
    """The day of the digest, in the supplier's zone."""
    sender_domain_id: Mapped[UUID | None]
    state: Mapped[MessageState] = mapped_column(default=MessageState.DUE, server_default=MessageState.DUE)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    lease_until: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(255))
    """Code of why it was skipped, put off, failed or is uncertain."""
    sent_at: Mapped[datetime | None]
