"""Leads as the specification's `Lead`, and the answers about them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app.kernel.schema import Schema
from app.leads.filters import LeadFilters
from app.leads.listing import Summary
from app.leads.schemas import BudgetRange
from app.models import leads as models
from app.models.choices import ContactMethod, LeadStatus, Priority
from app.rest.shapes.base import JsonObject, Money, Number, PageQuery, Pagination, Rate, Shape
from app.workflows.alter_lead import Changed


class Lead(Shape):
    """A couple who may book."""

    id: UUID
    supplier_id: UUID
    lead_source: str
    source_details: JsonObject

    couple_name_bride: str | None
    couple_name_groom: str | None
    primary_email: str | None
    secondary_email: str | None
    primary_phone: str | None
    secondary_phone: str | None
    preferred_contact_method: ContactMethod

    wedding_date: date | None
    wedding_venue: str | None
    wedding_location: str | None
    estimated_guest_count: int | None
    estimated_budget: Money | None
    budget_range: BudgetRange | None

    services_needed: list[str]
    specific_requirements: str | None
    additional_notes: str | None

    lead_status: LeadStatus
    lead_score: int
    priority_level: Priority
    quality_rating: Number | None

    first_contact_at: datetime | None
    last_contact_at: datetime | None
    next_follow_up_at: datetime | None
    total_interactions: int
    email_opens: int
    email_clicks: int
    website_visits: int

    converted_at: datetime | None
    conversion_value: Money | None
    lost_reason: str | None
    lost_details: str | None

    assigned_to_user_id: UUID | None
    team_id: UUID | None

    nurture_sequence_id: UUID | None
    automation_paused: bool

    consent_marketing: bool
    consent_data_processing: bool
    gdpr_consent_date: datetime | None
    opt_out_date: datetime | None

    tags: list[str]
    custom_fields: JsonObject
    created_at: datetime
    updated_at: datetime


class LeadSummary(Shape):
    """The figures of every lead that the filters let through, without spam and duplicates."""

    total_leads: int
    new_leads: int
    qualified_leads: int
    converted_leads: int
    average_score: Number | None
    conversion_rate: Rate | None


class LeadsListQuery(LeadFilters, PageQuery):
    """The specification's LeadsListRequest. All that are given must hold; days are inclusive."""

    def filters_applied(self) -> dict[str, Any]:
        """The filters in force, as they were understood."""
        beside = {"page", "limit", "sort_by", "sort_order"}
        return self.model_dump(mode="json", exclude=beside, exclude_defaults=True)


class LeadsListResponse(Shape):
    """A page of leads."""

    leads: list[Lead]
    pagination: Pagination
    filters_applied: JsonObject
    summary: LeadSummary
    is_similar: Annotated[
        bool, Field(description="Nothing matches the search exactly: these are the most similar leads.")
    ]


class LeadCreateQuery(Schema):
    """What to do with an e-mail that is known."""

    join: Annotated[bool, Field(description="Add to the lead that has this e-mail, if one does.")] = False


class LeadCreateResponse(Shape):
    """The lead that was made, or joined."""

    success: Literal[True] = True
    lead: Lead
    lead_score_calculated: int
    nurture_sequences_enrolled: list[str]
    message: str


class RuleAdjustment(Shape):
    """How many points more, or fewer, a rule or the bounds of a group give than before."""

    rule_name: str
    adjustment: Number


class ScoreChanges(Shape):
    """The score before and after, and the rules that moved it."""

    old_score: int
    new_score: int
    score_adjustments: list[RuleAdjustment]


class AutomationChanges(Shape):
    """The names of the sequences that the lead entered and left."""

    sequences_enrolled: list[str]
    sequences_removed: list[str]


class LeadUpdateResponse(Shape):
    """The lead as it is now, and what followed from the change."""

    success: Literal[True] = True
    lead: Lead
    score_changes: ScoreChanges
    automation_changes: AutomationChanges
    message: str


def lead(row: models.Lead) -> Lead:
    return Lead.model_validate(row)


def updated(row: models.Lead, change: Changed) -> LeadUpdateResponse:
    moved = [RuleAdjustment.model_validate(one) for one in change.score_adjustments]
    return LeadUpdateResponse(
        lead=lead(row),
        score_changes=ScoreChanges(
            old_score=change.old_score, new_score=change.new_score, score_adjustments=moved
        ),
        automation_changes=AutomationChanges(
            sequences_enrolled=change.enrolled, sequences_removed=change.removed
        ),
        message="Lead updated." if change.changed else "Nothing changed: the lead had these values already.",
    )


def lead_summary(found: Summary) -> LeadSummary:
    return LeadSummary.model_validate(found)
