"""Scoring rules and the adjustments that people and sequences add beside them."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Created, TenantRow, Updated, belongs_to_supplier, within_supplier
from app.models.choices import CriteriaOperator, CriteriaType


class ScoringRule(TenantRow, Updated, Base):
    """If the field compares so with the value, add adjustment × weight points."""

    __tablename__ = "lead_scoring_rules"
    __table_args__ = (
        belongs_to_supplier(),
        CheckConstraint("score_adjustment between -100 and 100", name="score_adjustment"),
        CheckConstraint("rule_weight between 0 and 9.99", name="rule_weight"),
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
