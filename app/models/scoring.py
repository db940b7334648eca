"""Scoring rules, their versions, and the adjustments that people and sequences add beside them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Created, TenantRow, Updated, belongs_to_supplier, within_supplier
from app.models.choices import CriteriaOperator, CriteriaType, RescoreReason


class RuleGroup(TenantRow, Updated, Base):
    """Rules whose points together count no less than `least_points` and no more than `most_points`."""

    __tablename__ = "scoring_rule_groups"
    __table_args__ = (
        belongs_to_supplier(),
        CheckConstraint("least_points between -1000 and 0", name="least_points"),
        CheckConstraint("most_points between 0 and 1000", name="most_points"),
        Index("ix_scoring_rule_groups_name", "supplier_id", text("lower(group_name)"), unique=True),
    )

    group_name: Mapped[str] = mapped_column(String(100))
    least_points: Mapped[int | None]
    most_points: Mapped[int | None]


class ScoringRule(TenantRow, Updated, Base):
    """If the field compares so with the value, add adjustment × weight points."""

    __tablename__ = "lead_scoring_rules"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("rule_group_id", "scoring_rule_groups", ondelete="SET NULL"),
        CheckConstraint("score_adjustment between -100 and 100", name="score_adjustment"),
        CheckConstraint("rule_weight between 0 and 9.99", name="rule_weight"),
        CheckConstraint("half_life_weeks between 1 and 104", name="half_life_weeks"),
        Index("ix_lead_scoring_rules_order", "supplier_id", "is_active", "rule_order"),
        Index("ix_lead_scoring_rules_criteria", "supplier_id", "criteria_type"),
    )

    rule_name: Mapped[str] = mapped_column(String(255))
    rule_description: Mapped[str | None]
    criteria_type: Mapped[CriteriaType]
    criteria_field: Mapped[str] = mapped_column(String(100))
    criteria_operator: Mapped[CriteriaOperator]
    criteria_value: Mapped[str] = mapped_column(default="", server_default="")
    score_adjustment: Mapped[int]
    rule_weight: Mapped[Decimal] = mapped_column(Numeric(3, 2), default=Decimal(1), server_default="1.0")
    is_active: Mapped[bool] = mapped_column(default=True, server_default="true")
    rule_order: Mapped[int] = mapped_column(default=0, server_default="0")
    rule_group_id: Mapped[UUID | None]
    half_life_weeks: Mapped[int | None]
    """After so many weeks without a word between the two the points count half, and so on; null: whole."""


class RuleVersion(TenantRow, Created, Base):
    """The rules and groups as a change left them. Append-only; going back writes another one."""

    __tablename__ = "scoring_rule_versions"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("user_id", "memberships"),
        Index("ix_scoring_rule_versions_number", "supplier_id", "number", unique=True),
    )

    number: Mapped[int]
    """From 1 up, one by one."""
    summary: Mapped[str] = mapped_column(String(300))
    """What the change was, in a sentence."""
    rules: Mapped[list[Any]] = mapped_column(JSONB, deferred=True)
    groups: Mapped[list[Any]] = mapped_column(JSONB, deferred=True)
    rule_count: Mapped[int]
    user_id: Mapped[UUID | None]


class Rescore(TenantRow, Created, Base):
    """Leads to be scored again in the background, batch by batch: how far it is, and when it goes on."""

    __tablename__ = "rescores"
    __table_args__ = (
        belongs_to_supplier(),
        CheckConstraint("(on_date is not null) = (reason in ('night', 'day'))", name="on_date"),
        Index(
            "ix_rescores_night",
            "supplier_id",
            "on_date",
            unique=True,
            postgresql_where=text("reason = 'night'"),
        ),
        Index(
            "ix_rescores_due",
            "due_at",
            postgresql_include=["supplier_id", "id"],
            postgresql_where=text("finished_at is null"),
        ),
        Index("ix_rescores_created", "supplier_id", "created_at"),
    )

    reason: Mapped[RescoreReason]
    on_date: Mapped[date | None]
    """The supplier's day that a night scored for, or the wedding day whose leads are scored."""
    version: Mapped[int | None]
    """Of the rules, when their change is the reason."""
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many leads there were to look at."""
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    changed: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many scores moved."""
    last_lead_id: Mapped[UUID | None]
    """Leads up to this id are done, in the order of the ids."""
    due_at: Mapped[datetime]
    is_second_look: Mapped[bool] = mapped_column(default=False, server_default="false")
    """All are done; once more, for leads that others were writing while the rules changed."""
    finished_at: Mapped[datetime | None]

    @property
    def is_done(self) -> bool:
        """Every lead was looked at, or a later rescore took over."""
        return self.is_second_look or self.finished_at is not None


class ScoreAdjustment(TenantRow, Created, Base):
    """Points a person or a sequence step gave one lead; the next rescore keeps them until they expire."""

    __tablename__ = "score_adjustments"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("lead_id", "leads", ondelete="CASCADE"),
        within_supplier("user_id", "memberships"),
        within_supplier("enrollment_id", "lead_nurture_enrollments", ondelete="SET NULL"),
        within_supplier("sequence_step_id", "nurture_sequence_steps", ondelete="SET NULL"),
        CheckConstraint("points between -100 and 100", name="points"),
        Index("ix_score_adjustments_lead", "supplier_id", "lead_id"),
        Index("ix_score_adjustments_expiry", "expires_at", postgresql_where=text("expires_at is not null")),
        Index(
            "ix_score_adjustments_step",
            "supplier_id",
            "enrollment_id",
            "sequence_step_id",
            unique=True,
            postgresql_where=text("enrollment_id is not null"),
        ),
    )

    lead_id: Mapped[UUID]
    points: Mapped[int]
    reason: Mapped[str]
    user_id: Mapped[UUID | None]
    enrollment_id: Mapped[UUID | None]
    sequence_step_id: Mapped[UUID | None]
    expires_at: Mapped[datetime | None]
