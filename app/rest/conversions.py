"""`/api/leads/<id>/convert` and `/api/conversions`: couples book, pay, and call it off."""

from uuid import UUID

from flask import Blueprint, Response

from app.accounts.access import current_actor
from app.conversions import queries
from app.conversions.schemas import ConvertLead
from app.kernel.actor import Permission
from app.kernel.db import db
from app.leads import listing
from app.rest.answers import answer
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.shapes import conversions as shapes
from app.rest.shapes.leads import lead
from app.workflows.cancel_conversion import cancel_conversion
from app.workflows.convert_lead import convert_lead

blueprint = guard(Blueprint("api_conversions", __name__, url_prefix="/api"))
TAG = "Conversions"
BOOKING = {
    "conversion_type": "booking_confirmed",
    "conversion_value": 4200,
    "conversion_date": "2027-01-14T09:30:00Z",
    "notes": "Full day, two photographers",
}


@blueprint.post("/leads/<uuid:lead_id>/convert")
@operation(
    "convertLead",
    tag=TAG,
    answers={201: shapes.ConvertLeadResponse},
    permission=Permission.WRITE_LEADS,
    example=BOOKING,
)
def convert(lead_id: UUID, body: ConvertLead) -> Response:
    """Mark a lead as converted. The first booking or contract recognises the value and credits sources."""
    made = convert_lead(current_actor(), lead_id, body)
    session = db.session()
    return answer(
        shapes.ConvertLeadResponse(
            conversion=shapes.LeadConversion.model_validate(queries.conversion(session, made.conversion_id)),
            lead_updated=lead(listing.lead(session, lead_id)),
            revenue_attributed=made.revenue_attributed,
            source_attributions=[shapes.SourceAttribution.model_validate(one) for one in made.attributions],
            message="Recorded.",
        ),
        201,
    )


@blueprint.post("/conversions/<uuid:conversion_id>/cancel")
@operation(
    "cancelConversion",
    tag=TAG,
    answers={200: shapes.CancelConversionResponse},
    permission=Permission.WRITE_LEADS,
)
def cancel(conversion_id: UUID) -> Response:
    """Call a booking or a payment off. Without any other the lead reopens, in negotiation."""
    lead_id = cancel_conversion(current_actor(), conversion_id)
    session = db.session()
    return answer(
        shapes.CancelConversionResponse(
            conversion=shapes.LeadConversion.model_validate(queries.conversion(session, conversion_id)),
            lead_updated=lead(listing.lead(session, lead_id)),
            message="Cancelled.",
        )
    )
