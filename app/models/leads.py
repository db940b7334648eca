"""Leads and what is written on their page: interactions, tasks, status history."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Index, Numeric, String, desc, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, Created, TenantRow, Updated, belongs_to_supplier, within_supplier
from app.models.accounts import Membership, Team
from app.models.choices import OPEN_STATUSES, ContactMethod, InteractionType, LeadStatus, Priority
from app.models.sources import LeadSource

BUDGET_RANGES = ("under_1000", "1000_2500", "2500_5000", "5000_10000", "10000_plus")

_SEARCH_TEXT = """
    left(search_join(
        array[
            couple_name_bride, couple_name_groom, primary_email, secondary_email,
            primary_phone, secondary_phone, wedding_venue, wedding_location
        ]::text[] || tags || array[specific_requirements, additional_notes]
    ), 600)
"""
"""Without accents and in lower case: functions of the migration 0004. In UTF-8 at most 2,400 bytes, so
that an entry of `ix_leads_listed` fits the 2,704 that an index may have."""


_OPEN = tuple(sorted(OPEN_STATUSES))
_OPEN_UNPROPOSED = tuple(sorted(OPEN_STATUSES - {LeadStatus.PROPOSAL_SENT}))
_SILENT_SINCE = text("coalesce(last_contact_at, created_at)")


def _sorted(name: str, column: str, kind: str) -> tuple[Index, Index]:
    """A list's orders by a column that may be null, nulls last in either: the keys of `kernel/keyset.py`.
    With what they contain, a page far down is found without reading the leads before it."""
    first, last = f"least({column}, 'infinity'::{kind})", f"greatest({column}, '-infinity'::{kind})"
    contain: dict[str, Any] = {"postgresql_include": [column, "lead_status"]}
    return (
        Index(f"ix_leads_{name}_first", "supplier_id", text(first), "id", **contain),
        Index(f"ix_leads_{name}_last", "supplier_id", text(f"{last} desc"), desc("id"), **contain),
    )


class Lead(TenantRow, Updated, Base):
    """A couple who may book. Unique per supplier by normalised primary e-mail, duplicates left out."""

    __tablename__ = "leads"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("assigned_to_user_id", "memberships"),
        within_supplier("team_id", "teams", ondelete="SET NULL"),
        within_supplier("lead_source_id", "lead_sources"),
        within_supplier("nurture_sequence_id", "nurture_sequences", ondelete="SET NULL"),
        within_supplier("duplicate_of_id", "leads"),
        CheckConstraint("primary_email is not null or primary_phone is not null", name="reachable"),
        CheckConstraint("primary_email = lower(btrim(primary_email))", name="primary_email_normalised"),
        CheckConstraint("lead_score between 0 and 100", name="lead_score"),
        CheckConstraint("quality_rating between 1.0 and 5.0", name="quality_rating"),
        CheckConstraint("(lead_status = 'duplicate') = (duplicate_of_id is not null)", name="duplicate_of"),
        CheckConstraint(f"budget_range in {BUDGET_RANGES}", name="budget_range"),
        Index(
            "ix_leads_supplier_email",
            "supplier_id",
            "primary_email",
            unique=True,
            postgresql_where=text("lead_status <> 'duplicate'"),
        ),
        Index(
            "ix_leads_merged_email",
            "supplier_id",
            "primary_email",
            postgresql_where=text("lead_status = 'duplicate'"),
        ),
        Index(
            "ix_leads_listed",
            "supplier_id",
            desc("created_at"),
            desc("id"),
            postgresql_include=["lead_status", "lead_score", "estimated_budget", "search_text"],
        ),
        Index(
            "ix_leads_figures",
            "supplier_id",
            desc("created_at"),
            desc("id"),
            postgresql_include=[
                *("lead_status", "lead_score", "priority_level", "lead_source_id", "assigned_to_user_id"),
                *(
                    "wedding_date",
                    "estimated_budget",
                    "first_response_at",
                    "converted_at",
                    "conversion_value",
                ),
            ],
        ),
        Index(
            "ix_leads_updated",
            "supplier_id",
            desc("updated_at"),
            desc("id"),
            postgresql_include=["lead_status"],
        ),
        Index(
            "ix_leads_score",
            "supplier_id",
            desc("lead_score"),
            desc("id"),
            postgresql_include=["lead_status"],
        ),
        Index("ix_leads_status", "supplier_id", "lead_status", desc("created_at"), desc("id")),
        Index("ix_leads_source", "supplier_id", "lead_source"),
        Index("ix_leads_assigned", "supplier_id", "assigned_to_user_id", "lead_status"),
        Index(
            "ix_leads_wedding_date",
            "supplier_id",
            "wedding_date",
            "id",
            postgresql_include=["lead_status", "lead_score"],
        ),
        *_sorted("wedding_date", "wedding_date", "date"),
        *_sorted("follow_up", "next_follow_up_at", "timestamptz"),
        Index("ix_leads_primary_phone", "supplier_id", "primary_phone"),
        Index("ix_leads_secondary_email", "supplier_id", "secondary_email"),
        Index(
            "ix_leads_awaiting",
            "supplier_id",
            "awaiting_reply_since",
            "id",
            postgresql_where=text("awaiting_reply_since is not null"),
        ),
        Index(
            "ix_leads_silent",
            "supplier_id",
            _SILENT_SINCE,
            "id",
            postgresql_where=text(f"awaiting_reply_since is null and lead_status in {_OPEN_UNPROPOSED}"),
        ),
        Index(
            "ix_leads_silent_proposal",
            "supplier_id",
            _SILENT_SINCE,
            "id",
            postgresql_where=text("awaiting_reply_since is null and lead_status = 'proposal_sent'"),
        ),
        Index(
            "ix_leads_won",
            "supplier_id",
            "converted_at",
            postgresql_include=["conversion_value"],
            postgresql_where=text("lead_status = 'won'"),
        ),
        Index(
            "ix_leads_unassigned",
            "supplier_id",
            "created_at",
            postgresql_where=text(f"assigned_to_user_id is null and lead_status in {_OPEN}"),
        ),
        Index(
            "ix_leads_duplicate_of",
            "supplier_id",
            "duplicate_of_id",
            postgresql_where=text("duplicate_of_id is not null"),
        ),
        Index("ix_leads_stale", "supplier_id", "id", postgresql_where=text("score_stale")),
        Index(
            "ix_leads_evaluate",
            "supplier_id",
            "evaluate_at",
            postgresql_where=text("evaluate_at is not null"),
        ),
    )

    lead_source: Mapped[str] = mapped_column(String(100))
    """What the caller said; `lead_source_id` is the source it was matched to."""
    lead_source_id: Mapped[UUID | None]
    source_details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")

    couple_name_bride: Mapped[str | None] = mapped_column(String(255))
    couple_name_groom: Mapped[str | None] = mapped_column(String(255))
    primary_email: Mapped[str | None] = mapped_column(String(255))
    secondary_email: Mapped[str | None] = mapped_column(String(255))
    primary_phone: Mapped[str | None] = mapped_column(String(20))
    secondary_phone: Mapped[str | None] = mapped_column(String(20))
    preferred_contact_method: Mapped[ContactMethod] = mapped_column(server_default=ContactMethod.EMAIL)

    wedding_date: Mapped[date | None]
    wedding_venue: Mapped[str | None]
    wedding_location: Mapped[str | None] = mapped_column(String(255))
    estimated_guest_count: Mapped[int | None]
    estimated_budget: Mapped[Decimal | None]
    budget_range: Mapped[str | None] = mapped_column(String(50))

    services_needed: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    specific_requirements: Mapped[str | None]
    additional_notes: Mapped[str | None]

    lead_status: Mapped[LeadStatus] = mapped_column(default=LeadStatus.NEW, server_default=LeadStatus.NEW)
    lead_score: Mapped[int] = mapped_column(default=0, server_default="0")
    score_stale: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Scoring failed and the old score stands; the sweep tries again from `score_retry_at` on."""
    score_retry_at: Mapped[datetime | None]
    evaluate_at: Mapped[datetime | None]
    """Since when some sequence may want it that did not before, as something changed for many leads."""
    priority_level: Mapped[Priority] = mapped_column(default=Priority.MEDIUM, server_default=Priority.MEDIUM)
    quality_rating: Mapped[Decimal | None] = mapped_column(Numeric(2, 1))

    first_contact_at: Mapped[datetime | None]
    first_response_at: Mapped[datetime | None]
    """When a person of the team first reached out, here or through a program; automatic messages do not
    count."""
    awaiting_reply_since: Mapped[datetime | None]
    """The couple's first word that no person has answered since."""
    last_contact_at: Mapped[datetime | None]
    next_follow_up_at: Mapped[datetime | None]
    total_interactions: Mapped[int] = mapped_column(default=0, server_default="0")
    email_opens: Mapped[int] = mapped_column(default=0, server_default="0")
    email_clicks: Mapped[int] = mapped_column(default=0, server_default="0")
    website_visits: Mapped[int] = mapped_column(default=0, server_default="0")

    converted_at: Mapped[datetime | None]
    conversion_value: Mapped[Decimal | None]
    lost_reason: Mapped[str | None] = mapped_column(String(100))
    lost_details: Mapped[str | None]

    assigned_to_user_id: Mapped[UUID | None]
    team_id: Mapped[UUID | None]

    nurture_sequence_id: Mapped[UUID | None]
    automation_paused: Mapped[bool] = mapped_column(default=False, server_default="false")

    consent_marketing: Mapped[bool] = mapped_column(default=False, server_default="false")
    consent_data_processing: Mapped[bool] = mapped_column(default=False, server_default="false")
    gdpr_consent_date: Mapped[datetime | None]
    opt_out_date: Mapped[datetime | None]

    tags: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    custom_fields: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    duplicate_of_id: Mapped[UUID | None]
    search_text: Mapped[str] = mapped_column(Computed(_SEARCH_TEXT, persisted=True), deferred=True)

    source: Mapped[LeadSource | None] = relationship(lazy="raise", viewonly=True)
    assignee: Mapped[Membership | None] = relationship(lazy="raise", viewonly=True)
    team: Mapped[Team | None] = relationship(lazy="raise", viewonly=True)

    @property
    def couple(self) -> str:
        """Both names, one, or the way to reach them."""
        names = [name for name in (self.couple_name_bride, self.couple_name_groom) if name]
        return " & ".join(names) or self.primary_email or self.primary_phone or ""


class LeadInteraction(TenantRow, Created, Base):
    """One entry of a lead's timeline. `occurred_at` is never in the future; system rows are not edited."""

    __tablename__ = "lead_interactions"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("lead_id", "leads", ondelete="CASCADE"),
        within_supplier("user_id", "memberships"),
        within_supplier("sequence_step_id", "nurture_sequence_steps", ondelete="SET NULL"),
        within_supplier("message_id", "messages", ondelete="SET NULL"),
        Index("ix_lead_interactions_lead", "supplier_id", "lead_id", desc("occurred_at"), desc("id")),
        Index(
            "ix_lead_interactions_message",
            "supplier_id",
            "message_id",
            postgresql_where=text("message_id is not null"),
        ),
        Index("ix_lead_interactions_type", "supplier_id", "interaction_type", "occurred_at"),
    )

    lead_id: Mapped[UUID]
    user_id: Mapped[UUID | None]
    sequence_step_id: Mapped[UUID | None]
    message_id: Mapped[UUID | None]
    interaction_type: Mapped[InteractionType]
    interaction_subject: Mapped[str | None] = mapped_column(String(255))
    interaction_content: Mapped[str | None]
    interaction_metadata: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    interaction_outcome: Mapped[str | None] = mapped_column(String(100))
    follow_up_required: Mapped[bool] = mapped_column(default=False, server_default="false")
    follow_up_date: Mapped[datetime | None]
    is_system: Mapped[bool] = mapped_column(default=False, server_default="false")
    occurred_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    lead: Mapped[Lead] = relationship(lazy="raise", viewonly=True)
    user: Mapped[Membership | None] = relationship(lazy="raise", viewonly=True)


class StatusHistory(TenantRow, Base):
    """A lead's move from one status to another; the first row has no `from_status`."""

    __tablename__ = "status_history"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("lead_id", "leads", ondelete="CASCADE"),
        within_supplier("changed_by_user_id", "memberships"),
        Index("ix_status_history_lead", "supplier_id", "lead_id", "changed_at"),
        Index(
            "ix_status_history_reached",
            "supplier_id",
            "to_status",
            "changed_at",
            postgresql_include=["lead_id"],
        ),
    )

    lead_id: Mapped[UUID]
    from_status: Mapped[str | None] = mapped_column(String(50))
    to_status: Mapped[LeadStatus]
    changed_by_user_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    changed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Task(TenantRow, Updated, Base):
    """Something a person has to do about a lead; its earliest open one is the lead's next follow-up."""

    __tablename__ = "tasks"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("lead_id", "leads", ondelete="CASCADE"),
        within_supplier("assigned_to_user_id", "memberships"),
        within_supplier("completed_by_user_id", "memberships"),
        within_supplier("enrollment_id", "lead_nurture_enrollments", ondelete="SET NULL"),
        within_supplier("sequence_step_id", "nurture_sequence_steps", ondelete="SET NULL"),
        Index("ix_tasks_lead", "supplier_id", "lead_id"),
        Index("ix_tasks_due", "supplier_id", "due_at", "id", postgresql_where=text("completed_at is null")),
        Index(
            "ix_tasks_open",
            "supplier_id",
            text("least(due_at, 'infinity'::timestamptz)"),
            "id",
            postgresql_where=text("completed_at is null"),
        ),
        Index(
            "ix_tasks_completed",
            "supplier_id",
            desc("completed_at"),
            desc("id"),
            postgresql_where=text("completed_at is not null"),
        ),
        Index(
            "ix_tasks_step",
            "supplier_id",
            "enrollment_id",
            "sequence_step_id",
            unique=True,
            postgresql_where=text("enrollment_id is not null"),
        ),
    )

    lead_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None]
    task_type: Mapped[str] = mapped_column(String(50), server_default="follow_up")
    priority: Mapped[Priority] = mapped_column(server_default=Priority.MEDIUM)
    due_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    completed_by_user_id: Mapped[UUID | None]
    assigned_to_user_id: Mapped[UUID | None]
    enrollment_id: Mapped[UUID | None]
    sequence_step_id: Mapped[UUID | None]

    lead: Mapped[Lead] = relationship(lazy="raise", viewonly=True)


class LeadMerge(TenantRow, Created, Base):
    """One lead was found to repeat another: what moved to the winner, so that it can go back."""

    __tablename__ = "lead_merges"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("winner_id", "leads", ondelete="CASCADE"),
        within_supplier("loser_id", "leads", ondelete="CASCADE"),
        within_supplier("merged_by_user_id", "memberships"),
        Index("ix_lead_merges_winner", "supplier_id", "winner_id"),
        Index("ix_lead_merges_loser", "supplier_id", "loser_id"),
    )

    winner_id: Mapped[UUID]
    loser_id: Mapped[UUID]
    merged_by_user_id: Mapped[UUID | None]
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """The ids that moved, by table; under `filled` the winner's fields that were empty before, and under
    `status` the loser's status."""
    undone_at: Mapped[datetime | None]
