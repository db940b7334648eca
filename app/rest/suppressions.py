"""`/api/suppressions`: the addresses that are not written to."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from app.accounts.access import current_actor
from app.kernel.actor import Permission
from app.kernel.db import db
from app.messaging import suppression_list
from app.messaging.suppression_list import SuppressionAddress, SuppressionCreate, SuppressionRemoval
from app.rest.answers import answer, nothing
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.shapes import suppressions as shapes
from app.rest.shapes.base import pagination

blueprint = guard(Blueprint("api_suppressions", __name__, url_prefix="/api/suppressions"))
TAG = "Suppressions"
EMMA: dict[str, Any] = {"channel": "email", "address": "emma@example.com"}


@blueprint.get("")
@operation("listSuppressions", tag=TAG, answers={200: shapes.SuppressionsResponse})
def index(query: shapes.SuppressionsQuery) -> Response:
    """List the addresses that are not written to, the newest first."""
    found = suppression_list.listed(db.session(), query, query.place)
    shown = [shapes.Suppression.model_validate(row) for row in found.rows]
    return answer(
        shapes.SuppressionsResponse(suppressions=shown, pagination=pagination(found.total, query.place))
    )


@blueprint.post("")
@operation(
    "addSuppression",
    tag=TAG,
    permission=Permission.WRITE_LEADS,
    answers={201: shapes.SuppressionResponse},
    refuses=(409,),
    example=EMMA | {"note": "Asked us on the phone."},
)
def create(body: SuppressionCreate) -> Response:
    """Write nothing more to an address, from this moment on."""
    row = suppression_list.find(db.session(), suppression_list.add(current_actor(), body))
    told = shapes.SuppressionResponse(
        suppression=shapes.Suppression.model_validate(row), message="Address added."
    )
    return answer(told, 201)


@blueprint.post("/look-up")
@operation("lookUpSuppression", tag=TAG, answers={200: shapes.LookUpResponse}, example=EMMA)
def look_up(body: SuppressionAddress) -> Response:
    """Ask for an address. It is posted, so that it stands in no log of addresses."""
    row = suppression_list.look_up(db.session(), current_actor().supplier_id, body)
    return answer(shapes.LookUpResponse(suppression=shapes.Suppression.model_validate(row) if row else None))


@blueprint.get("/<uuid:suppression_id>")
@operation("getSuppression", tag=TAG, answers={200: shapes.Suppression})
def show(suppression_id: UUID) -> Response:
    """Get one of them."""
    return answer(shapes.Suppression.model_validate(suppression_list.find(db.session(), suppression_id)))


@blueprint.delete("/<uuid:suppression_id>")
@operation("removeSuppression", tag=TAG, permission=Permission.MANAGE_SUPPLIER, answers={204: None})
def delete(suppression_id: UUID, query: SuppressionRemoval) -> Response:
    """Let an address be written to again. Only an owner may for one that bounced, complained or was erased;
    all but one that was added by hand need a `reason`."""
    suppression_list.remove(current_actor(), suppression_id, query)
    return nothing()
