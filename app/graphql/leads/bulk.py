"""`bulkUpdateLeads`: one action on many leads, a result for each."""

from functools import partial
from uuid import UUID

import strawberry

from app.graphql.context import Info
from app.graphql.declare import given, mutation, value
from app.graphql.errors import path, within
from app.graphql.leads.filters import LeadFilter, filters
from app.graphql.payload import Payload, UserError
from app.kernel.schema import validate
from app.leads.schemas import MOST_AT_ONCE, BulkAction, BulkUpdate
from app.workflows.bulk_update_leads import Result, bulk_update_leads


@given
class BulkUpdateInput:
    """The leads, by their ids or by a filter, and what is done to each."""

    action: BulkAction
    value: str | None = strawberry.field(
        default=None,
        description="A member's id (null: nobody), a status, a tag or a sequence's id, as the action needs.",
    )
    lost_reason: str | None = strawberry.field(default=None, description="With the status `lost`.")
    value_unknown: bool = strawberry.field(
        default=False, description="With the status `won`: there is no booking to give a value."
    )
    ids: list[UUID] | None = strawberry.field(default=None, description=f"At most {MOST_AT_ONCE}.")
    filter: LeadFilter | None = strawberry.field(
        default=None, description=f"It may let at most {MOST_AT_ONCE} leads through."
    )


@value
class BulkResult:
    """What became of one lead. `errors` say why it is as it was."""

    lead_id: UUID
    success: bool
    errors: list[UserError]


@value
class BulkUpdatePayload(Payload):
    """`success` is that of every lead: where it is false without `errors`, the `results` have some."""

    results: list[BulkResult] = strawberry.field(
        default_factory=list, description="One for each lead, in the order asked."
    )
    succeeded: int = 0
    failed: int = 0


@value
class BulkMutations:
    @partial(mutation, cost=20_000)
    def bulk_update_leads(self, info: Info, input: BulkUpdateInput) -> BulkUpdatePayload:
        """Do one thing to many leads, each by itself: what one refuses changes nothing for the others."""
        found = bulk_update_leads(info.context.actor, _read(input))
        succeeded = sum(result.success for result in found)
        return BulkUpdatePayload(
            success=succeeded == len(found),
            message=f"{succeeded} of {len(found)} leads changed.",
            results=[_told(result) for result in found],
            succeeded=succeeded,
            failed=len(found) - succeeded,
        )


def _read(input: BulkUpdateInput) -> BulkUpdate:
    """The input as the feature has it; InvalidInput names what is out of bounds."""
    with within("filter"):
        chosen = None if input.filter is None else filters(input.filter, None)
    return validate(BulkUpdate, vars(input) | {"filter": chosen})


def _told(result: Result) -> BulkResult:
    errors = []
    if result.code is not None:
        field = path(result.field) if result.field else None
        errors = [UserError(field=field, code=result.code, message=result.message or "")]
    return BulkResult(lead_id=result.lead_id, success=result.success, errors=errors)
