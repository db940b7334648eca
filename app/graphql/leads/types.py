"""The lead, with everything that hangs on it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import func, select
from strawberry.scalars import JSON

from app.graphql.accounts.types import Member, Team
from app.graphql.leads import history, origin
from app.graphql.leads.explanation import ScoreExplanation, explanation
from app.graphql.leads.likeness import DateAvailability, LikelyDuplicate, of_couple, of_day
from app.graphql.paging import After, Connection, First
from app.graphql.read import Rows, computed, expression, many, one, page, row, top
from app.graphql.sequences.types import Enrollment, NurtureSequence
from app.graphql.sources.types import LeadSource
from app.graphql.tasks.types import NEXT_TASK, Task
from app.kernel import clock
from app.kernel.db import db
from app.kernel.keyset import Order
from app.kernel.paging import page_size
from app.leads import situation
from app.leads.availability import availability
from app.leads.duplicates import likely
from app.leads.next_action import NextAction, next_action
from app.models import accounts, capture, leads, nurture, sources
from app.models.choices import (
    ContactMethod,
    DateState,
    EnrollmentStatus,
    InteractionType,
    LeadStatus,
    Priority,
)
from app.scoring.queries import explain

NEWEST_ENROLLMENT = Order("-enrollment_date", nurture.Enrollment.enrollment_date, nurture.Enrollment.id)


def _couple(lead: Any) -> Any:
    names = func.concat_ws(
        " & ", func.nullif(lead.couple_name_bride, ""), func.nullif(lead.couple_name_groom, "")
    )
    return func.coalesce(func.nullif(names, ""), lead.primary_email, lead.primary_phone, "")


SITUATION = (
    "lead_status",
    "created_at",
    "awaiting_reply_since",
    "first_response_at",
    "last_contact_at",
    "wedding_date",
    "estimated_budget",
    "budget_range",
)
"""What the next action is told by, beside the end of a hold."""


def _hold_ends_at(lead: Any) -> Any:
    """When the first hold of a day for the lead ends."""
    entry = capture.DateEntry
    held = (entry.supplier_id == lead.supplier_id, entry.lead_id == lead.id, entry.state == DateState.HELD)
    return select(func.min(entry.held_until)).where(*held).correlate(lead).scalar_subquery()


@row(leads.Lead)
class Lead:
    """A couple who may book. Money is in the supplier's currency, instants are in UTC."""

    id: UUID
    supplier_id: UUID
    lead_source: str
    source_details: JSON
    source: LeadSource | None = one(
        sources.LeadSource, "lead_source_id", "The source that `leadSource` was matched to."
    )

    couple: str = expression(_couple, "Both names, one, or the way to reach them.")
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
    estimated_budget: Decimal | None
    budget_range: str | None
    services_needed: list[str]
    specific_requirements: str | None
    additional_notes: str | None

    lead_status: LeadStatus
    lead_score: int
    priority_level: Priority
    quality_rating: float | None

    first_contact_at: datetime | None
    first_response_at: datetime | None = strawberry.field(
        description="When a person of the team first reached out; automatic messages do not count."
    )
    awaiting_reply_since: datetime | None = strawberry.field(
        description="The couple's first word that no person has answered since."
    )
    last_contact_at: datetime | None
    next_follow_up_at: datetime | None
    total_interactions: int
    email_opens: int
    email_clicks: int
    website_visits: int

    converted_at: datetime | None
    conversion_value: Decimal | None
    lost_reason: str | None
    lost_details: str | None

    assigned_to_user_id: UUID | None
    assignee: Member | None = one(accounts.Membership, "assigned_to_user_id")
    team_id: UUID | None
    team: Team | None = one(accounts.Team, "team_id")

    nurture_sequence_id: UUID | None
    nurture_sequence: NurtureSequence | None = one(nurture.NurtureSequence, "nurture_sequence_id")
    automation_paused: bool

    consent_marketing: bool
    consent_data_processing: bool
    gdpr_consent_date: datetime | None
    opt_out_date: datetime | None

    tags: list[str]
    custom_fields: JSON
    duplicate_of_id: UUID | None
    duplicate_of: "Lead | None" = one(
        leads.Lead, "duplicate_of_id", "The lead that this one was merged into."
    )
    created_at: datetime
    updated_at: datetime

    @many(Connection[history.LeadInteraction], "lead_id")
    def interactions(
        self, first: First = None, after: After = None, types: list[InteractionType] | None = None
    ) -> Rows:
        """The timeline, newest first."""
        chosen = (leads.LeadInteraction.interaction_type.in_(types),) if types else ()
        return page(history.NEWEST_ENTRY, first, after, *chosen)

    @many(list[Task], "lead_id")
    def tasks(self, first: First = 25, is_open: bool | None = None) -> Rows:
        """What has to be done, by due time; those without one come last."""
        chosen = () if is_open is None else (leads.Task.completed_at.is_(None) == is_open,)
        return top(NEXT_TASK, first, *chosen)

    @many(list[history.StatusChange], "lead_id")
    def status_history(self, first: First = 25) -> Rows:
        """The moves between statuses, newest first."""
        return top(history.LAST_MOVE, first)

    @many(list[history.Message], "lead_id")
    def messages(self, first: First = 25) -> Rows:
        """The messages to the couple, newest first."""
        return top(history.NEWEST_MESSAGE, first)

    @many(list[origin.Inquiry], "lead_id")
    def inquiries(self, first: First = 25) -> Rows:
        """What the couple submitted, newest first."""
        return top(origin.NEWEST_INQUIRY, first)

    @many(list[origin.Touchpoint], "lead_id")
    def touchpoints(self, first: First = 25) -> Rows:
        """The contacts that may earn credit, oldest first."""
        return top(origin.FIRST_TOUCH, first)

    @many(list[origin.LeadConversion], "lead_id")
    def conversions(self, first: First = 25) -> Rows:
        """The milestones of the booking, newest first."""
        return top(origin.NEWEST_CONVERSION, first)

    @many(list[Enrollment], "lead_id")
    def enrollments(self, first: First = 25, status: EnrollmentStatus | None = None) -> Rows:
        """The sequences that the lead is or was in, newest first."""
        chosen = () if status is None else (nurture.Enrollment.status == status,)
        return top(NEWEST_ENROLLMENT, first, *chosen)

    @many(
        list[history.LeadMerge],
        lambda lead, merge: (
            (merge.supplier_id == lead.supplier_id)
            & ((merge.winner_id == lead.id) | (merge.loser_id == lead.id))
        ),
    )
    def merges(self, first: First = 25) -> Rows:
        """What was merged into this lead, or this lead into another, the last one first."""
        return top(history.LAST_MERGE, first)

    @computed(*SITUATION, hold_ends_at=_hold_ends_at)
    def next_recommended_action(self: Any) -> NextAction | None:
        """What to do next about the lead, as of now; null when it is closed or needs nothing."""
        return next_action(situation.of(self, self.hold_ends_at), clock.now())

    @computed("id", "wedding_date", cost=200)
    def availability(self: Any) -> DateAvailability:
        """Is the wedding day free, and who else wants it?"""
        return of_day(availability(db.session(), self))

    @computed("id", cost=1000)
    def likely_duplicates(self: Any, first: First = 5) -> list[LikelyDuplicate]:
        """Other leads that may be the same couple, those with most reasons first; a person decides."""
        found = likely(db.session(), self.id, page_size(first, default=5))
        return [of_couple(one) for one in found]

    @computed("id", cost=2000)
    def score_explanation(self: Any) -> ScoreExplanation:
        """Why the lead scores what it scores, rule by rule, as of now."""
        return explanation(explain(db.session(), self.id, clock.now()), self.id)
