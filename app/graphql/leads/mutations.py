"""`createLead` and `deleteLead`."""

from uuid import UUID

import strawberry

from app.graphql.context import Info
from app.graphql.declare import mutation, value
from app.graphql.leads.types import Lead
from app.graphql.payload import Payload, row_of
from app.graphql.read import Rows
from app.leads.schemas import LeadCreate
from app.models import leads as models
from app.workflows.create_lead import create_lead
from app.workflows.delete_lead import delete_lead


@value
class CreateLeadPayload(Payload):
    lead: Rows | None = strawberry.field(graphql_type=Lead | None, default=None)
    lead_score_calculated: int | None = None
    nurture_sequences_enrolled: list[str] = strawberry.field(
        default_factory=list, description="The names of the sequences that the lead was enrolled in."
    )


@value
class DeleteLeadPayload(Payload):
    lead_id: UUID | None = strawberry.field(default=None, description="Of the lead that is no more.")


@value
class LeadMutations:
    @mutation
    def create_lead(self, info: Info, input: LeadCreate, join: bool = False) -> CreateLeadPayload:
        """Make a lead: scored, assigned and enrolled.

        A known e-mail is a DUPLICATE, unless `join` says to add to the lead that has it.
        """
        made = create_lead(info.context.actor, input, join=join)
        return CreateLeadPayload(
            success=True,
            message="Joined to the lead with this e-mail." if made.joined else "Lead created.",
            lead=row_of(models.Lead, made.lead_id),
            lead_score_calculated=made.score,
            nurture_sequences_enrolled=made.enrolled,
        )

    @mutation
    def delete_lead(self, info: Info, id: UUID) -> DeleteLeadPayload:
        """Delete a lead with all that is written about it; a booking that counts must be cancelled first."""
        delete_lead(info.context.actor, id)
        return DeleteLeadPayload(success=True, message="Lead deleted.", lead_id=id)
