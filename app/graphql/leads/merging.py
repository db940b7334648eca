"""Two leads are one couple, or two after all: `mergeLeads`, `undoMerge`."""

from uuid import UUID

import strawberry

from app.graphql.context import Info
from app.graphql.declare import mutation, value
from app.graphql.leads.history import LeadMerge
from app.graphql.leads.types import Lead
from app.graphql.payload import Payload, row_of
from app.graphql.read import Rows
from app.models import leads as models
from app.workflows.merge_leads import Merged, merge_leads
from app.workflows.undo_merge import undo_merge


@value
class MovedRows:
    """How many of one thing went from one lead to the other."""

    what: str
    count: int


@value
class MergePayload(Payload):
    """`merge` is what `undoMerge` takes."""

    merge: Rows | None = strawberry.field(graphql_type=LeadMerge | None, default=None)
    winner: Rows | None = strawberry.field(graphql_type=Lead | None, default=None)
    loser: Rows | None = strawberry.field(graphql_type=Lead | None, default=None)
    moved: list[MovedRows] = strawberry.field(default_factory=list)


@value
class MergeMutations:
    @mutation
    def merge_leads(self, info: Info, winner_id: UUID, loser_id: UUID) -> MergePayload:
        """Merge one lead into another: what hangs on the loser hangs on the winner, which is completed by
        what only the loser knew. Both histories stay, and it can be undone."""
        return _told(merge_leads(info.context.actor, winner_id, loser_id), "Leads merged.")

    @mutation
    def undo_merge(self, info: Info, id: UUID) -> MergePayload:
        """Take a merge back: the loser is a lead of its own again; what came since stays with the winner."""
        return _told(undo_merge(info.context.actor, id), "Merge undone.")


def _told(found: Merged, message: str) -> MergePayload:
    return MergePayload(
        success=True,
        message=message,
        merge=row_of(models.LeadMerge, found.merge_id),
        winner=row_of(models.Lead, found.winner_id),
        loser=row_of(models.Lead, found.loser_id),
        moved=[MovedRows(what=table, count=count) for table, count in found.moved.items() if count],
    )
