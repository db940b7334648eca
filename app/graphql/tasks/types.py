"""What a person has to do about a lead."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.graphql.accounts.types import Member
from app.graphql.read import one, row
from app.graphql.sequences.types import SequenceStep
from app.kernel.keyset import Order
from app.models import accounts, leads, nurture
from app.models.choices import Priority

if TYPE_CHECKING:
    from app.graphql.leads.types import Lead

NEXT_TASK = Order("due_at", leads.Task.due_at, leads.Task.id, descending=False)


@row(leads.Task)
class Task:
    """Something a person has to do about a lead."""

    id: UUID
    lead_id: UUID
    lead: Annotated["Lead", strawberry.lazy("app.graphql.leads.types")] = one(leads.Lead, "lead_id")
    title: str
    description: str | None
    task_type: str
    priority: Priority
    due_at: datetime | None
    completed_at: datetime | None
    completed_by: Member | None = one(accounts.Membership, "completed_by_user_id")
    assigned_to_user_id: UUID | None
    assignee: Member | None = one(accounts.Membership, "assigned_to_user_id")
    sequence_step: SequenceStep | None = one(
        nurture.SequenceStep, "sequence_step_id", "The step of a sequence that made it."
    )
    created_at: datetime
    updated_at: datetime
