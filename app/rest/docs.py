"""`/api/openapi.json`, and the page that shows it and tries it out: Swagger UI from our own files."""

import orjson
from flask import Blueprint, Response, current_app, render_template

from app.rest.openapi import document

blueprint = Blueprint("api_docs", __name__, url_prefix="/api")

POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
"""As on every page, but styles may be inline: Swagger UI sets them."""


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The document, for everybody: it tells what can be asked, and nothing of anybody."""
    written = orjson.dumps(document(current_app._get_current_object()))  # type: ignore[attr-defined]
    return Response(written, content_type="application/json")


@blueprint.get("/docs")
def show() -> Response:
    response = current_app.make_response(render_template("api_docs.html"))
    response.headers["Content-Security-Policy"] = POLICY
    return response
