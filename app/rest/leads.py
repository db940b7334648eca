"""`/api/leads`: the list, a lead, and its making."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, url_for
from sqlalchemy.orm import Session

from app.accounts.access import current_actor
from app.accounts.queries import supplier
from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.zones import zone
from app.leads import listing
from app.leads.filters import LeadFilters
from app.leads.schemas import LeadCreate, LeadUpdate
from app.leads.search import settle
from app.leads.versions import Seen
from app.rest.answers import answer, nothing, seen
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.shapes import leads as shapes
from app.rest.shapes.base import pagination
from app.workflows.create_lead import create_lead
from app.workflows.delete_lead import delete_lead
from app.workflows.update_lead import update_lead

blueprint = guard(Blueprint("api_leads", __name__, url_prefix="/api/leads"))
TAG = "Leads"
UTC = ZoneInfo("UTC")
UPDATE: Any = {
    "tag": TAG,
    "answers": {200: shapes.LeadUpdateResponse},
    "permission": Permission.WRITE_LEADS,
    "refuses": (409,),
    "versioned": True,
    "example": {"lead_status": "contacted", "priority_level": "high", "tags": ["summer"]},
}
COUPLE = {
    "lead_source": "referral",
    "couple_name_bride": "Maya Okafor",
    "primary_email": "maya@example.com",
    "wedding_date": "2027-06-12",
    "estimated_budget": 4200,
    "services_needed": ["Photography"],
    "consent_data_processing": True,
}


@blueprint.get("")
@operation("listLeads", tag=TAG, answers={200: shapes.LeadsListResponse})
def index(query: shapes.LeadsListQuery) -> Response:
    """List and filter leads."""
    session, where = db.session(), _zone(db.session(), query)
    chosen = settle(session, query)
    found = listing.leads(session, chosen, where, query.place)
    total, summary = listing.summary(session, chosen, where)
    return answer(
        shapes.LeadsListResponse(
            leads=[shapes.lead(row) for row in found],
            pagination=pagination(total, query.place),
            filters_applied=query.filters_applied(),
            summary=shapes.lead_summary(summary),
            is_similar=chosen.is_similar,
        )
    )


@blueprint.post("")
@operation(
    "createLead",
    tag=TAG,
    answers={200: shapes.LeadCreateResponse, 201: shapes.LeadCreateResponse},
    permission=Permission.WRITE_LEADS,
    refuses=(409,),
    versioned=True,
    example=COUPLE,
)
def create(query: shapes.LeadCreateQuery, body: LeadCreate) -> Response:
    """Create a lead: scored, assigned and enrolled. A known e-mail is a DUPLICATE, unless `join` is given."""
    made = create_lead(current_actor(), body, join=query.join)
    row = listing.lead(db.session(), made.lead_id)
    response = answer(
        shapes.LeadCreateResponse(
            lead=shapes.lead(row),
            lead_score_calculated=made.score,
            nurture_sequences_enrolled=made.enrolled,
            message="Joined to the lead with this e-mail." if made.joined else "Lead created.",
        ),
        200 if made.joined else 201,
        version=row.updated_at,
    )
    response.headers["Location"] = url_for("api_leads.show", lead_id=made.lead_id)
    return response


@blueprint.get("/<uuid:lead_id>")
@operation("getLead", tag=TAG, answers={200: shapes.Lead}, versioned=True)
def show(lead_id: UUID) -> Response:
    """Get one lead."""
    row = listing.lead(db.session(), lead_id)
    return answer(shapes.lead(row), version=row.updated_at)


@blueprint.put("/<uuid:lead_id>")
@operation("updateLead", **UPDATE)
def update(lead_id: UUID, body: LeadUpdate) -> Response:
    """Update a lead. It is a patch like PATCH: what is absent stays, null clears."""
    return _update(lead_id, body)


@blueprint.patch("/<uuid:lead_id>")
@operation("patchLead", **UPDATE)
def patch(lead_id: UUID, body: LeadUpdate) -> Response:
    """Change some of a lead. What is absent stays; null clears."""
    return _update(lead_id, body)


@blueprint.delete("/<uuid:lead_id>")
@operation(
    "deleteLead",
    tag=TAG,
    answers={204: None},
    permission=Permission.DELETE_LEADS,
    refuses=(409, 412),
    conditional=True,
)
def delete(lead_id: UUID) -> Response:
    """Delete a lead with all that is written about it. Its inquiries stay as they came, of no lead."""
    delete_lead(current_actor(), lead_id, _seen(lead_id))
    return nothing()


def _seen(lead_id: UUID) -> Seen:
    return seen(lambda: listing.lead(db.session(), lead_id).updated_at)


def _update(lead_id: UUID, body: LeadUpdate) -> Response:
    session = db.session()
    change = update_lead(current_actor(), lead_id, body, _seen(lead_id))
    row = listing.lead(session, lead_id)
    return answer(shapes.updated(row, change), version=row.updated_at)


def _zone(session: Session, filters: LeadFilters) -> ZoneInfo:
    """The supplier's zone, asked for only when days of creation are."""
    if filters.created_from or filters.created_to:
        return zone(supplier(session).timezone)
    return UTC
