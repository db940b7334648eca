"""The other floor of the GraphQL reads: views that answer the same JSON, written by hand in our own app.

They have its hooks, its headers and its API keys, and send the statements of `bench.plain` the way the app
sends its other reads: the look-up of the key, then the statement, straight to the driver.
"""

from uuid import UUID

from flask import Blueprint, Response

from app.accounts.access import csrf, current_actor
from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.reads import fetch_json
from bench.plain import GRAPH, SINGLE
from wsgi import app

GRAPH_READ = GRAPH % {"supplier": "$1"}
SINGLE_READ = SINGLE % {"supplier": "$1", "id": "$2"}
blueprint = Blueprint("written", __name__)


@blueprint.post("/graph")
def graph() -> Response:
    return _answer(GRAPH_READ)


@blueprint.post("/lead/<uuid:lead_id>")
def lead(lead_id: UUID) -> Response:
    return _answer(SINGLE_READ, lead_id)


def _answer(statement: str, *values: UUID) -> Response:
    actor = current_actor()
    actor.require(Permission.READ)
    found = fetch_json(db.engines["reads"], statement, [str(actor.supplier_id), *values]) or b"null"
    return Response(b'{"data":' + found + b"}", content_type="application/json")


csrf.exempt(blueprint)
app.register_blueprint(blueprint)
