"""What people and programs may say about leads: the specification's requests, with their bounds."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.kernel.schema import (
    Amount,
    Distinct,
    Email,
    Guests,
    Instant,
    JsonObject,
    Label,
    LongText,
    Name,
    OneLine,
    Patch,
    PatchSchema,
    Phone,
    Schema,
    ShortText,
    WeddingDate,
)
from app.leads.filters import LeadFilters
from app.models.choices import ContactMethod, InteractionType, LeadStatus, Presentation, Priority

BudgetRange = Literal["under_1000", "1000_2500", "2500_5000", "5000_10000", "10000_plus"]


MOST_TAGS = 30
MOST_AT_ONCE = 500
"""Leads of one bulk action."""
Rating = Annotated[Decimal, Field(ge=1, le=5, max_digits=2, decimal_places=1)]
RECORDED = frozenset(
    {
        InteractionType.EMAIL_SENT,
        InteractionType.EMAIL_REPLIED,
        InteractionType.SMS_SENT,
        InteractionType.SMS_RECEIVED,
        InteractionType.PHONE_CALL,
        InteractionType.MEETING_SCHEDULED,
        InteractionType.MEETING_COMPLETED,
        InteractionType.PROPOSAL_SENT,
        InteractionType.PROPOSAL_VIEWED,
        InteractionType.CONTRACT_SENT,
        InteractionType.PAYMENT_RECEIVED,
        InteractionType.NOTE_ADDED,
        InteractionType.WEBSITE_VISIT,
        InteractionType.SOCIAL_MEDIA_ENGAGEMENT,
        InteractionType.REFERRAL_RECEIVED,
    }
)
"""What a person or a program may write on a timeline; the rest the system writes itself."""


def _recorded(kind: InteractionType) -> InteractionType:
    if kind not in RECORDED:
        raise ValueError(f"{kind} is written by the system; there is: {', '.join(sorted(RECORDED))}")
    return kind


RecordedType = Annotated[InteractionType, AfterValidator(_recorded)]
Labels = Annotated[list[Label], Field(max_length=MOST_TAGS), Distinct]


class LeadCreate(Schema):
    """A new lead, with an e-mail or a phone. `budget_range` follows `estimated_budget` when that is given."""

    lead_source: Label
    source_details: JsonObject = Field(default_factory=dict)
    couple_name_bride: Name | None = None
    couple_name_groom: Name | None = None
    primary_email: Email | None = None
    secondary_email: Email | None = None
    primary_phone: Phone | None = None
    secondary_phone: Phone | None = None
    preferred_contact_method: ContactMethod = ContactMethod.EMAIL
    wedding_date: WeddingDate | None = None
    wedding_venue: ShortText | None = None
    wedding_location: ShortText | None = None
    estimated_guest_count: Guests | None = None
    estimated_budget: Amount | None = None
    budget_range: BudgetRange | None = None
    services_needed: Labels = Field(default_factory=list)
    specific_requirements: LongText | None = None
    additional_notes: LongText | None = None
    consent_marketing: bool = False
    consent_data_processing: bool = False
    tags: Labels = Field(default_factory=list)
    custom_fields: JsonObject = Field(default_factory=dict)

    @model_validator(mode="after")
    def _reachable(self) -> "LeadCreate":
        if not (self.primary_email or self.primary_phone):
            raise ValueError("give an e-mail or a phone number")
        return self


def budget_range_of(amount: Decimal) -> BudgetRange:
    """The specification's band that `amount` falls in; a bound belongs to the band above it."""
    bands: list[tuple[int, BudgetRange]] = [
        (1000, "under_1000"),
        (2500, "1000_2500"),
        (5000, "2500_5000"),
        (10000, "5000_10000"),
    ]
    return next((name for below, name in bands if amount < below), "10000_plus")


class LeadUpdate(PatchSchema):
    """Changes to a lead: what is absent stays, null clears. Bounds and meanings as in `LeadCreate`.

    `next_follow_up_at` moves the earliest open task, or makes one. `nurture_sequence_id` enrolls the lead.
    """

    couple_name_bride: Patch[Name]
    couple_name_groom: Patch[Name]
    primary_email: Patch[Email]
    secondary_email: Patch[Email]
    primary_phone: Patch[Phone]
    secondary_phone: Patch[Phone]
    preferred_contact_method: Patch[ContactMethod]
    wedding_date: Patch[WeddingDate]
    wedding_venue: Patch[ShortText]
    wedding_location: Patch[ShortText]
    estimated_guest_count: Patch[Guests]
    estimated_budget: Patch[Amount]
    budget_range: Patch[BudgetRange]
    services_needed: Patch[Labels]
    specific_requirements: Patch[LongText]
    additional_notes: Patch[LongText]
    lead_status: Patch[LeadStatus]
    value_unknown: Patch[bool]
    """Said with the status `won` when there is no booking to give a value."""
    priority_level: Patch[Priority]
    quality_rating: Patch[Rating]
    next_follow_up_at: Patch[Instant]
    assigned_to_user_id: Patch[UUID]
    team_id: Patch[UUID]
    nurture_sequence_id: Patch[UUID]
    automation_paused: Patch[bool]
    tags: Patch[Labels]
    custom_fields: Patch[JsonObject]
    lost_reason: Patch[Label]
    lost_details: Patch[LongText]


class StatusMove(Schema):
    """A lead's new status. `won` needs a booking or `value_unknown`, `lost` one of the supplier's reasons."""

    lead_status: LeadStatus
    value_unknown: bool = False
    lost_reason: Label | None = None
    lost_details: LongText | None = None


class Assignment(Schema):
    """Who looks after a lead; neither is nobody."""

    user_id: UUID | None = None
    team_id: UUID | None = None


class TagChange(Schema):
    """Tags to add and to take away; a tag in both is taken away."""

    add: Labels = Field(default_factory=list)
    remove: Labels = Field(default_factory=list)

    @model_validator(mode="after")
    def _says_something(self) -> "TagChange":
        if not (self.add or self.remove):
            raise ValueError("give a tag to add or to remove")
        return self


class InteractionCreate(Schema):
    """Something that happened between team and couple. `follow_up_date` makes a task due then.

    A follow-up without a date is due the next morning at nine.
    """

    interaction_type: RecordedType
    interaction_subject: ShortText | None = None
    interaction_content: LongText | None = None
    interaction_metadata: JsonObject = Field(default_factory=dict)
    interaction_outcome: Label | None = None
    follow_up_required: bool = False
    follow_up_date: Instant | None = None
    occurred_at: Instant | None = None
    """Now when absent; never in the future."""


class TaskCreate(Schema):
    """Something to do about a lead. Without an assignee it is for whoever looks after the lead."""

    title: Annotated[str, Field(min_length=1, max_length=255), OneLine]
    description: LongText | None = None
    task_type: Label = "follow_up"
    priority: Priority = Priority.MEDIUM
    due_at: Instant | None = None
    assigned_to_user_id: UUID | None = None


class TaskUpdate(PatchSchema):
    """Changes to a task: what is absent stays, null clears. `is_done` completes it or opens it again."""

    title: Patch[Annotated[str, Field(min_length=1, max_length=255), OneLine]]
    description: Patch[LongText]
    priority: Patch[Priority]
    due_at: Patch[Instant]
    assigned_to_user_id: Patch[UUID]
    is_done: Patch[bool]


class BulkAction(StrEnum):
    ASSIGN = "assign"
    CHANGE_STATUS = "change_status"
    ADD_TAG = "add_tag"
    REMOVE_TAG = "remove_tag"
    ENROLL = "enroll"
    DELETE = "delete"


class BulkUpdate(Schema):
    """One action on many leads, named by their ids or by a filter; never more than 500 at a time.

    `value` is a user's id (none to assign nobody), a status, a tag or a sequence's id. `lost_reason` and
    `value_unknown` go with a change of status.
    """

    action: BulkAction
    value: Label | None = None
    lost_reason: Label | None = None
    value_unknown: bool = False
    ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_AT_ONCE)] | None = None
    filter: LeadFilters | None = None

    @model_validator(mode="after")
    def _names_leads(self) -> "BulkUpdate":
        if (self.ids is None) == (self.filter is None):
            raise ValueError("name the leads by either ids or filter")
        if self.value is None and self.action not in (BulkAction.ASSIGN, BulkAction.DELETE):
            raise ValueError(f"the action {self.action} needs a value")
        return self


class SavedViewWrite(Schema):
    """A named filter of the lead list with the columns it shows and how, for oneself or for everybody."""

    name: Label
    filters: LeadFilters = LeadFilters()
    columns: Annotated[list[Label], Field(max_length=30), Distinct] = Field(default_factory=list)
    presentation: Presentation | None = None
    is_shared: bool = False


class ReplyCreate(Schema):
    """An e-mail that a person writes to a couple."""

    subject: Annotated[str, Field(min_length=1, max_length=255), OneLine]
    body: Annotated[str, Field(min_length=1, max_length=10_000)]


class DateHold(Schema):
    """Until when a lead's wedding day is held for it."""

    until: Instant


class DateBlock(Schema):
    """A day on which the supplier takes no wedding, and why."""

    on_date: WeddingDate
    note: ShortText | None = None
