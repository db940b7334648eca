"""What is written on a lead's page: timeline, moves between statuses, messages, merges."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from app.graphql.accounts.types import Member
from app.graphql.read import one, row
from app.graphql.sequences.types import SequenceStep
from app.kernel.keyset import Order
from app.models import accounts, leads, messaging, nurture
from app.models.choices import Channel, InteractionType, LeadStatus, MessageClass, MessageState

if TYPE_CHECKING:
    from app.graphql.leads.types import Lead

NEWEST_ENTRY = Order("-occurred_at", leads.LeadInteraction.occurred_at, leads.LeadInteraction.id)
NEWEST_MESSAGE = Order("-created_at", messaging.Message.created_at, messaging.Message.id)
LAST_MOVE = Order("-changed_at", leads.StatusHistory.changed_at, leads.StatusHistory.id)
LAST_MERGE = Order("-created_at", leads.LeadMerge.created_at, leads.LeadMerge.id)


@row(messaging.Message)
class Message:
    """One message to one address, as it was or will be sent."""

    id: UUID
    lead_id: UUID
    channel: Channel
    message_class: MessageClass
    to_address: str
    subject: str | None
    html_body: str | None
    text_body: str
    state: MessageState
    reason: str | None
    attempts: int
    due_at: datetime
    accepted_at: datetime | None
    sequence_step: SequenceStep | None = one(nurture.SequenceStep, "sequence_step_id")
    sent_by: Member | None = one(accounts.Membership, "sent_by_user_id")
    created_at: datetime
    updated_at: datetime


@row(leads.LeadInteraction)
class LeadInteraction:
    """One entry of a lead's timeline."""

    id: UUID
    lead_id: UUID
    user_id: UUID | None
    user: Member | None = one(accounts.Membership, "user_id")
    interaction_type: InteractionType
    interaction_subject: str | None
    interaction_content: str | None
    interaction_metadata: JSON
    interaction_outcome: str | None
    follow_up_required: bool
    follow_up_date: datetime | None
    is_system: bool
    sequence_step: SequenceStep | None = one(nurture.SequenceStep, "sequence_step_id")
    message: Message | None = one(messaging.Message, "message_id")
    occurred_at: datetime
    created_at: datetime


@row(leads.StatusHistory)
class StatusChange:
    """A lead's move from one status to another; the first has no `fromStatus`."""

    id: UUID
    from_status: LeadStatus | None
    to_status: LeadStatus
    changed_by: Member | None = one(accounts.Membership, "changed_by_user_id")
    reason: str | None
    changed_at: datetime


@row(leads.LeadMerge)
class LeadMerge:
    """One lead was found to repeat another, which took over what was written about it."""

    id: UUID
    winner: Annotated["Lead", strawberry.lazy("app.graphql.leads.types")] = one(leads.Lead, "winner_id")
    loser: Annotated["Lead", strawberry.lazy("app.graphql.leads.types")] = one(leads.Lead, "loser_id")
    merged_by: Member | None = one(accounts.Membership, "merged_by_user_id")
    created_at: datetime
    undone_at: datetime | None
