"""`/api/branding`: how messages look, whom they are from, and how many there may be."""

from flask import Blueprint, Response

from app.accounts.access import current_actor
from app.accounts.queries import supplier
from app.kernel.actor import Permission
from app.kernel.db import db
from app.messaging.branding import BrandingPatch, update_branding
from app.rest.answers import answer
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.shapes import senders as shapes

blueprint = guard(Blueprint("api_branding", __name__, url_prefix="/api/branding"))
TAG = "Sending"


@blueprint.get("")
@operation("getBranding", tag=TAG, answers={200: shapes.Branding})
def show() -> Response:
    """Get how messages look, whom they are from, and how many there may be."""
    return answer(_shape())


@blueprint.patch("")
@operation(
    "updateBranding",
    tag=TAG,
    permission=Permission.MANAGE_SUPPLIER,
    answers={200: shapes.BrandingResponse},
    example={"sender_name": "Olive, Rosewood", "brand_color": "#a0285a"},
)
def update(body: BrandingPatch) -> Response:
    """Change it. What is absent stays, null clears."""
    changed = update_branding(current_actor(), body)
    message = "Branding changed." if changed else "Nothing changed."
    return answer(shapes.BrandingResponse(branding=_shape(), message=message))


def _shape() -> shapes.Branding:
    return shapes.Branding.model_validate(supplier(db.session()))
