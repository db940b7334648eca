"""What is said and written: `addInteraction`, `sendReply`."""

from functools import partial
from uuid import UUID

import strawberry

from app.graphql.context import Info
from app.graphql.declare import mutation, value
from app.graphql.leads.history import LeadInteraction, Message
from app.graphql.leads.types import Lead
from app.graphql.payload import Payload, row_of
from app.graphql.read import Rows
from app.leads.next_action import NextAction
from app.leads.schemas import InteractionCreate, ReplyCreate
from app.models import leads as models
from app.models import messaging
from app.workflows.add_interaction import add_interaction
from app.workflows.send_reply import send_reply


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
class SendReplyPayload(Payload):
    reply: Rows | None = strawberry.field(graphql_type=Message | None, default=None)
    lead: Rows | None = strawberry.field(graphql_type=Lead | None, default=None)


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

    @partial(mutation, cost=1_000)
    def send_reply(
        self, info: Info, lead_id: UUID, input: ReplyCreate, message_id: UUID | None = None
    ) -> SendReplyPayload:
        """Answer a couple by e-mail, which leaves at once and then stands on the timeline.

        With a `messageId` of your own making, sending it again after a lost answer sends no second e-mail.
        """
        sent = send_reply(info.context.actor, lead_id, input, message_id)
        return SendReplyPayload(
            success=True,
            message="Reply on its way.",
            reply=row_of(messaging.Message, sent),
            lead=row_of(models.Lead, lead_id),
        )
