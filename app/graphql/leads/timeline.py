"""What is said and written: `addInteraction`."""

from uuid import UUID

import strawberry

from app.graphql.context import Info
from app.graphql.declare import mutation, value
from app.graphql.leads.history import LeadInteraction
from app.graphql.leads.types import Lead
from app.graphql.payload import Payload, row_of
from app.graphql.read import Rows
from app.leads.next_action import NextAction
from app.leads.schemas import InteractionCreate
from app.models import leads as models
from app.workflows.add_interaction import add_interaction


@value
class AddInteractionPayload(Payload):
    interaction: Rows | None = strawberry.field(graphql_type=LeadInteraction | None, default=None)
    lead: Rows | None = strawberry.field(graphql_type=Lead | None, default=None)
    lead_score_updated: bool = strawberry.field(
        default=False, description="Does the lead score otherwise than before?"
    )
    new_lead_score: int | None = None
    next_recommended_action: NextAction | None = strawberry.field(
        default=None, description="What to do next about the lead; null when there is nothing."
    )


@value
class TimelineMutations:
    @mutation
    def add_interaction(self, info: Info, lead_id: UUID, input: InteractionCreate) -> AddInteractionPayload:
        """Write on a lead's timeline what happened; counters, score and follow-up move with it."""
        added = add_interaction(info.context.actor, lead_id, input)
        return AddInteractionPayload(
            success=True,
            message="Interaction added.",
            interaction=row_of(models.LeadInteraction, added.interaction_id),
            lead=row_of(models.Lead, lead_id),
            lead_score_updated=added.new_score != added.old_score,
            new_lead_score=added.new_score,
            next_recommended_action=added.next_action,
        )
