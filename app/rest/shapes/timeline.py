"""Entries of a lead's timeline."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from app.leads.next_action import NextAction
from app.models.choices import InteractionType
from app.rest.shapes.base import JsonObject, Pagination, Shape


class LeadInteraction(Shape):
    """Something that happened between the supplier and the couple."""

    id: UUID
    lead_id: UUID
    user_id: UUID | None
    interaction_type: InteractionType
    interaction_subject: str | None
    interaction_content: str | None
    interaction_metadata: JsonObject
    interaction_outcome: str | None
    follow_up_required: bool
    follow_up_date: datetime | None
    occurred_at: datetime
    created_at: datetime


class AddInteractionResponse(Shape):
    """The new entry, and what followed from it."""

    success: Literal[True] = True
    interaction: LeadInteraction
    lead_score_updated: bool
    new_lead_score: int
    next_recommended_action: NextAction | None
    message: str


class InteractionsResponse(Shape):
    """A page of a lead's timeline, newest first."""

    interactions: list[LeadInteraction]
    pagination: Pagination
