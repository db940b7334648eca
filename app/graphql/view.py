"""The endpoint: `/graphql`, for programs with a key and for our own pages with a sign-in.

- POST takes JSON from both; GET reads, and only with a key.
- A sign-in is a cookie, which a browser also sends for other sites' pages. So a POST with one must
  show that it comes from ours: by the token of our forms in `X-CSRFToken`, or by the browser's word
  (`Sec-Fetch-Site: same-origin`, or an `Origin` that is ours). A key is never sent by itself.
- Nobody in particular is told nothing, introspection included.
- A browser that asks for a page gets GraphiQL.

Known reads of programs are answered before they come here (`front`).
"""

from collections.abc import Callable

import orjson
import structlog
from flask import Blueprint, Request, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MIMEAccept

from app.accounts.access import current_actor, from_our_pages
from app.graphql import http
from app.graphql.context import Context
from app.graphql.errors import extensions, known
from app.graphql.examples import tabs
from app.graphql.execute import Answer, Operation, Runner
from app.graphql.front import REFUSED
from app.graphql.schema import schema
from app.kernel import tenancy
from app.kernel.actor import Actor, ActorKind
from app.kernel.db import db
from app.kernel.errors import AppError, NotAuthenticated, NotPermitted
from app.kernel.observe import request_id

log = structlog.get_logger(__name__)
blueprint = Blueprint("graphql", __name__)
runner = Runner(schema)

GRAPHIQL_POLICY = (
    "default-src 'self'; img-src 'self' data:; font-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
"""As on every page, but styles may be inline: the editor sets them."""


@blueprint.get("/graphql")
def get() -> ResponseReturnValue:
    """An operation in the address, or GraphiQL for a browser."""
    if "query" not in request.args and _wants_page(request.accept_mimetypes):
        return _graphiql()
    return _respond(http.read_get)


@blueprint.post("/graphql")
def post() -> ResponseReturnValue:
    """An operation as JSON."""
    return _respond(http.read_post)


def _respond(read: Callable[[Request], Operation]) -> Response:
    media = http.JSON
    try:
        media = http.media_type(request)
        return _answered(_answer(read), media)
    except Exception as error:
        return _refused(error, media)


def _answer(read: Callable[[Request], Operation]) -> Answer:
    refused: Exception | None = request.environ.get(REFUSED)
    if refused is not None:
        raise refused
    actor = current_actor()
    _allow(actor)
    operation = read(request)
    with tenancy.acting_for(actor.supplier_id):
        return runner.run(operation, Context(actor, db.engines["reads"]))


def _allow(actor: Actor) -> None:
    """A sign-in must show that our own pages ask."""
    if actor.kind is ActorKind.API_KEY:
        return
    if request.method == "GET":
        raise NotPermitted("A GET needs an API key; with a sign-in, use POST.")
    if not from_our_pages():
        raise NotPermitted("A POST with a sign-in needs the token of our forms in X-CSRFToken.")


def _answered(answer: Answer, media: str) -> Response:
    status = answer.status if media == http.GRAPHQL or answer.unavailable else 200
    return _with_headers(_response(answer.body, status, media), retry_after=5)


def _refused(error: Exception, media: str) -> Response:
    """The answer to a request that is no GraphQL request, or that nobody may make."""
    cause = known(error)
    if cause is None:
        log.exception("unhandled", path=request.path)
        told = {"message": AppError.title, "extensions": {"code": AppError.code, "requestId": request_id()}}
    else:
        told = {"message": cause.message, "extensions": extensions(cause)}
    response = _response(orjson.dumps({"errors": [told]}), cause.status if cause else 500, media)
    return _with_headers(response, retry_after=cause.details.get("retry_after", 5) if cause else 5)


def _with_headers(response: Response, *, retry_after: int) -> Response:
    if response.status_code == NotAuthenticated.status:
        response.headers["WWW-Authenticate"] = "Bearer"
    if response.status_code == 405:
        response.headers["Allow"] = "POST"
    if response.status_code in (429, 503):
        response.headers["Retry-After"] = str(retry_after)
    return response


def _response(body: bytes, status: int, media: str) -> Response:
    return Response(body, status, {"Content-Type": f"{media}; charset=utf-8", "Vary": "Accept"})


def _wants_page(accepts: MIMEAccept) -> bool:
    return accepts.best_match([http.JSON, http.GRAPHQL, "text/html"]) == "text/html"


def _graphiql() -> ResponseReturnValue:
    """The editor, for people who are signed in; others sign in first."""
    try:
        current_actor()
    except NotAuthenticated:
        return redirect(url_for("security.login", next=request.path))
    response = current_app.make_response(render_template("graphiql.html", tabs=tabs()))
    response.headers["Content-Security-Policy"] = GRAPHIQL_POLICY
    return response
