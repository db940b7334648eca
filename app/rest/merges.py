"""`/api/leads/<id>/merge` and `/api/lead-merges`: two leads become one, or two again."""

from uuid import UUID

from flask import Blueprint, Response

from app.accounts.access import current_actor
from app.kernel.actor import Permission
from app.kernel.db import db
from app.leads import listing
from app.rest.answers import answer
from app.rest.door import guard
from app.rest.examples import SAMPLE_ID
from app.rest.operation import operation
from app.rest.shapes import merges as shapes
from app.rest.shapes.leads import lead
from app.workflows.merge_leads import Merged, merge_leads
from app.workflows.undo_merge import undo_merge

blueprint = guard(Blueprint("api_merges", __name__, url_prefix="/api"))
TAG = "Merges"


@blueprint.post("/leads/<uuid:lead_id>/merge")
@operation(
    "mergeLeads",
    tag=TAG,
    answers={200: shapes.MergeResponse},
    permission=Permission.WRITE_LEADS,
    example={"loser_id": SAMPLE_ID},
)
def merge(lead_id: UUID, body: shapes.MergeRequest) -> Response:
    """Merge another lead into this one. Both histories stay; the loser becomes a duplicate of the winner."""
    return _told(merge_leads(current_actor(), lead_id, body.loser_id), "Merged.")


@blueprint.post("/lead-merges/<uuid:merge_id>/undo")
@operation("undoMerge", tag=TAG, answers={200: shapes.MergeResponse}, permission=Permission.WRITE_LEADS)
def undo(merge_id: UUID) -> Response:
    """Undo a merge. What happened since stays with the winner."""
    return _told(undo_merge(current_actor(), merge_id), "The merge is undone.")


def _told(merged: Merged, message: str) -> Response:
    session = db.session()
    return answer(
        shapes.MergeResponse(
            merge_id=merged.merge_id,
            winner=lead(listing.lead(session, merged.winner_id)),
            loser=lead(listing.lead(session, merged.loser_id)),
            moved=merged.moved,
            message=message,
        )
    )
