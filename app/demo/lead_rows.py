"""A lead's row as it stands when it comes in."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.demo import market
from app.demo.people import Couple
from app.demo.plan import Dice, Source, Telling
from app.leads.schemas import budget_range_of
from app.models.choices import LeadStatus, Priority

COUPLE = (
    "couple_name_bride",
    "couple_name_groom",
    "primary_phone",
    "wedding_date",
    "wedding_venue",
    "wedding_location",
    "estimated_guest_count",
    "estimated_budget",
    "budget_range",
)
_LATER = (
    "first_contact_at",
    "last_contact_at",
    "next_follow_up_at",
    "converted_at",
    "conversion_value",
    "lost_reason",
    "lost_details",
    "quality_rating",
    "nurture_sequence_id",
    "gdpr_consent_date",
    "opt_out_date",
    "duplicate_of_id",
)
_COUNTED = ("total_interactions", "email_opens", "email_clicks", "website_visits", "lead_score")


def blank(telling: Telling, number: int, at: datetime, source: Source) -> dict[str, Any]:
    """All columns, with what the house decides: id, source, and in turn a member to look after it."""
    member = telling.stage.members[number % len(telling.stage.members)]
    return {
        "supplier_id": telling.stage.supplier_id,
        "id": telling.dice.id_at(at),
        "lead_source": source.slug,
        "lead_source_id": source.id,
        "source_details": {},
        "primary_email": None,
        "additional_notes": None,
        **dict.fromkeys(COUPLE),
        "services_needed": [],
        "preferred_contact_method": "email",
        "lead_status": LeadStatus.NEW,
        "priority_level": Priority.MEDIUM,
        **dict.fromkeys(_LATER),
        **dict.fromkeys(_COUNTED, 0),
        "assigned_to_user_id": member.user_id,
        "team_id": member.team_id,
        "consent_marketing": False,
        "consent_data_processing": False,
        "tags": [],
        "custom_fields": {},
        "created_at": at,
        "updated_at": at,
    }


def reached_by(dice: Dice, party: Couple) -> dict[str, Any]:
    """Names, addresses and how they like to be spoken to."""
    return {
        "couple_name_bride": party.bride,
        "couple_name_groom": party.groom if dice.chance(0.85) else None,
        "primary_email": party.email,
        "primary_phone": party.phone if dice.chance(0.75) else None,
        "preferred_contact_method": dice.choice(market.METHODS),
    }


def wishes(
    dice: Dice, on: date | None, venue: str | None, location: str | None, budget: Decimal | None
) -> dict[str, Any]:
    """The day, the place, the guests and the money."""
    said = dice.choice(market.BUDGET_RANGES) if dice.chance(0.3) else None
    return {
        "wedding_date": on,
        "wedding_venue": venue,
        "wedding_location": location,
        "estimated_guest_count": market.guests(dice),
        "estimated_budget": budget,
        "budget_range": budget_range_of(budget) if budget is not None else said,
        "services_needed": ["Photography", *dice.sample(market.EXTRAS, dice.choice((0, 0, 1, 2)))],
        "tags": dice.sample(market.TAGS, dice.choice((0, 0, 0, 1, 1, 2))),
        "custom_fields": {"style": dice.choice(market.STYLES)} if dice.chance(0.2) else {},
        "priority_level": Priority.HIGH if budget and budget > 4500 else Priority.MEDIUM,
    }
