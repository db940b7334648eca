"""What a lead is made from: the specification's LeadCreateRequest, with its bounds."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from app.kernel.schema import (
    Amount,
    Email,
    Guests,
    JsonObject,
    Label,
    LongText,
    Name,
    Phone,
    Schema,
    ShortText,
    WeddingDate,
)
from app.models.choices import ContactMethod

BudgetRange = Literal["under_1000", "1000_2500", "2500_5000", "5000_10000", "10000_plus"]


def _distinct(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


Labels = Annotated[list[Label], Field(max_length=30), AfterValidator(_distinct)]


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
            raise ValueError("give at least one of primary_email and primary_phone")
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


class NoteCreate(Schema):
    """A remark of the team on a lead's timeline."""

    content: Annotated[str, Field(min_length=1, max_length=10_000)]
