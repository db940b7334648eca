"""What is written on a lead's page: timeline, tasks, moves between statuses, messages."""

from datetime import datetime
from uuid import UUID

from strawberry.scalars import JSON

from app.graphql.accounts.types import Member
from app.graphql.read import one, row
from app.graphql.sequences.types import SequenceStep
from app.kernel.keyset import Order
from app.models import accounts, leads, messaging, nurture
from app.models.choices import Channel, InteractionType, LeadStatus, MessageClass, MessageState, Priority

NEWEST_ENTRY = Order("-occurred_at", leads.LeadInteraction.occurred_at, leads.LeadInteraction.id)
NEWEST_MESSAGE = Order("-created_at", messaging.Message.created_at, messaging.Message.id)
NEXT_TASK = Order("due_at", leads.Task.due_at, leads.Task.id, descending=False)
LAST_MOVE = Order("-changed_at", leads.StatusHistory.changed_at, leads.StatusHistory.id)


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


@row(leads.Task)
class Task:
    """Something a person has to do about a lead."""

    id: UUID
    lead_id: UUID
    title: str
    description: str | None
    task_type: str
    priority: Priority
    due_at: datetime | None
    completed_at: datetime | None
    assignee: Member | None = one(accounts.Membership, "assigned_to_user_id")
    created_at: datetime
    updated_at: datetime


@row(leads.StatusHistory)
class StatusChange:
    """A lead's move from one status to another; the first has no `fromStatus`."""

    id: UUID
    from_status: LeadStatus | None
    to_status: LeadStatus
    changed_by: Member | None = one(accounts.Membership, "changed_by_user_id")
    reason: str | None
    changed_at: datetime
