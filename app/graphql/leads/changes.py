"""Changes to a lead: `updateLead`, `changeLeadStatus`, `assignLead`, `tagLead`, `enrollLead`."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from app.graphql.context import Info
from app.graphql.declare import mutation, value
from app.graphql.leads.types import Lead
from app.graphql.payload import Payload, row_of
from app.graphql.read import Rows
from app.kernel.errors import InvalidInput
from app.leads.schemas import Assignment, LeadUpdate, StatusMove, TagChange
from app.leads.versions import UNSEEN, Seen
from app.models import leads as models
from app.workflows.alter_lead import Changed
from app.workflows.assign_lead import assign_lead
from app.workflows.change_status import change_status
from app.workflows.enroll_lead import enroll_lead
from app.workflows.tag_lead import tag_lead
from app.workflows.update_lead import update_lead


@value
class RuleAdjustment:
    """How many points more, or fewer, a rule or the bounds of a group give than before."""

    rule_name: str
    adjustment: Decimal


@value
class ScoreChanges:
    """The lead's score before and after, and the rules that moved it."""

    old_score: int
    new_score: int
    score_adjustments: list[RuleAdjustment]


@value
class AutomationChanges:
    """The names of the sequences that the lead entered, and of those it left."""

    sequences_enrolled: list[str]
    sequences_removed: list[str]


@value
class LeadUpdatePayload(Payload):
    """A lead that has these values already is left as it is, which is a success too."""

    lead: Rows | None = strawberry.field(graphql_type=Lead | None, default=None)
    score_changes: ScoreChanges | None = None
    automation_changes: AutomationChanges | None = None


@value
class LeadChangeMutations:
    @mutation
    def update_lead(
        self, info: Info, id: UUID, input: LeadUpdate, unless_changed_since: datetime | None = None
    ) -> LeadUpdatePayload:
        """Change what is known of a lead, which is scored and enrolled anew.

        With `unlessChangedSince`, the `updatedAt` that was read, a lead that has changed meanwhile is
        OUTDATED and stays as it is.
        """
        return _told(update_lead(info.context.actor, id, input, _seen(unless_changed_since)), "Lead updated.")

    @mutation
    def change_lead_status(self, info: Info, id: UUID, input: StatusMove) -> LeadUpdatePayload:
        """Move a lead to another status, with what the status asks for.

        Closing a lead ends its sequences; reopening a won one cancels its bookings.
        """
        return _told(change_status(info.context.actor, id, input), "Status changed.")

    @mutation
    def assign_lead(self, info: Info, id: UUID, input: Assignment) -> LeadUpdatePayload:
        """Say who looks after a lead. What is absent stays, null is nobody; the new assignee is told."""
        return _told(assign_lead(info.context.actor, id, input), "Lead assigned.")

    @mutation
    def tag_lead(self, info: Info, id: UUID, input: TagChange) -> LeadUpdatePayload:
        """Put tags on a lead and take tags off; its other tags stay."""
        return _told(tag_lead(info.context.actor, id, input), "Tags changed.")

    @mutation
    def enroll_lead(self, info: Info, id: UUID, sequence_id: UUID) -> LeadUpdatePayload:
        """Put an open lead in a sequence, whatever the sequence's own conditions."""
        return _told(enroll_lead(info.context.actor, id, sequence_id), "Lead enrolled.")


def _seen(updated_at: datetime | None) -> Seen:
    if updated_at is None:
        return UNSEEN
    if updated_at.tzinfo is None:
        raise InvalidInput.of(
            "unless_changed_since",
            "timezone_aware",
            "Give the time with its offset, as `updatedAt` tells it.",
        )
    return Seen(updated_at=updated_at)


def _told(found: Changed, message: str) -> LeadUpdatePayload:
    return LeadUpdatePayload(
        success=True,
        message=message if found.changed else "Nothing changed.",
        lead=row_of(models.Lead, found.lead_id),
        score_changes=ScoreChanges(
            old_score=found.old_score,
            new_score=found.new_score,
            score_adjustments=[RuleAdjustment(**vars(change)) for change in found.score_adjustments],
        ),
        automation_changes=AutomationChanges(
            sequences_enrolled=found.enrolled, sequences_removed=found.removed
        ),
    )
