"""`/api/leads/<id>/interactions`: a lead's timeline."""

from uuid import UUID

from flask import Blueprint, Response

from app.accounts.access import current_actor
from app.kernel.actor import Permission
from app.kernel.db import db
from app.leads import listing
from app.leads.schemas import InteractionCreate
from app.rest.answers import answer
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.shapes import timeline as shapes
from app.rest.shapes.base import PageQuery, pagination
from app.workflows.add_interaction import add_interaction

blueprint = guard(
    Blueprint("api_interactions", __name__, url_prefix="/api/leads/<uuid:lead_id>/interactions")
)
TAG = "Timeline"
CALL = {
    "interaction_type": "phone_call",
    "interaction_subject": "Called about the date",
    "interaction_outcome": "wants an offer",
    "follow_up_required": True,
}


@blueprint.get("")
@operation("listInteractions", tag=TAG, answers={200: shapes.InteractionsResponse})
def index(lead_id: UUID, query: PageQuery) -> Response:
    """List a lead's interactions, newest first."""
    found = listing.interactions(db.session(), lead_id, query.place)
    shown = [shapes.LeadInteraction.model_validate(row) for row in found.rows]
    return answer(
        shapes.InteractionsResponse(interactions=shown, pagination=pagination(found.total, query.place))
    )


@blueprint.post("")
@operation(
    "addInteraction",
    tag=TAG,
    answers={201: shapes.AddInteractionResponse},
    permission=Permission.WRITE_LEADS,
    example=CALL,
)
def add(lead_id: UUID, body: InteractionCreate) -> Response:
    """Write down what happened. A follow-up becomes a task; the score moves with the entry."""
    added = add_interaction(current_actor(), lead_id, body)
    entry = listing.interaction(db.session(), added.interaction_id)
    return answer(
        shapes.AddInteractionResponse(
            interaction=shapes.LeadInteraction.model_validate(entry),
            lead_score_updated=added.new_score != added.old_score,
            new_lead_score=added.new_score,
            next_recommended_action=added.next_action,
            message="Interaction added.",
        ),
        201,
    )
