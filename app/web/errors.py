"""What a person sees when something goes wrong: the one mapping of errors to pages.

Each page says what happened and what to do, with the status of the error. None of them asks the
database anything, so the page that says the database is away stands without it. Requests of programs
(`/api`, anything that does not take HTML) are answered by `app.extensions["problem"]`, when that is set.
"""

from typing import Any

import structlog
from flask import Flask, Response, current_app, make_response, redirect, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import BadHost, HTTPException

from app.kernel.errors import AppError, FieldError, NotAuthenticated, Unavailable
from app.kernel.observe import request_id
from app.web.htmx import is_fragment

log = structlog.get_logger(__name__)

RETRY_AFTER = 5
UNKNOWN = "extra_forbidden"
"""Pydantic's code for a name that a schema does not have."""
ADVICE = {
    400: ("This request is not right", "Go back, load the page again and try once more."),
    401: ("Sign in first", "This page is for people who are signed in."),
    403: ("Not allowed", "Your role does not allow this. An owner or admin of your business can."),
    404: ("Not found", "Nothing is at this address. It may have been deleted, or the link is wrong."),
    405: ("Not possible here", "This address does not take that kind of request."),
    409: ("This does not fit the present state", "Load the page again to see what changed."),
    413: ("Too large", "What you sent is larger than we take. Shorten it and try again."),
    422: ("Something in this address or form is not valid", "Correct it, or start again from the list."),
    429: ("Too many requests", "Wait a little, then try again."),
    500: ("Something went wrong", "It is our fault and has been noted. If it stays, tell us this number."),
    503: ("Back in a moment", "A part we need does not answer; nothing was half-written. Try again soon."),
}
QUIET = frozenset({404})
"""Pages that name nothing, not even the request: another supplier's row answers the same to the byte."""


def install(app: Flask) -> None:
    app.register_error_handler(AppError, _app_error)
    app.register_error_handler(HTTPException, _http_error)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, _database_away)
    app.register_error_handler(Exception, _surprise)


def _app_error(error: AppError) -> Any:
    if isinstance(error, NotAuthenticated) and wants_page():
        return _to_sign_in()
    return answer(error, error.status, error.message, error.details.get("retry_after"))


def _http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error  # a redirect that routing raised
    if isinstance(error, BadHost):  # without a host there are no addresses, and the page has some
        return Response("The host of this request cannot be one.\n", 400, content_type="text/plain")
    message = str(error.description) if isinstance(error, CSRFError) else ""
    retry_after = getattr(error, "retry_after", None)
    response = answer(error, error.code, message, retry_after)
    if error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def _database_away(error: Exception) -> Any:
    log.error("database_away", reason=str(error).splitlines()[0])
    return answer(Unavailable("The database does not answer.", retry_after=RETRY_AFTER), 503, "", RETRY_AFTER)


def _surprise(error: Exception) -> Any:
    log.exception("unhandled", path=request.path)
    return answer(error, 500, "", None)


def answer(error: Exception, status: int, message: str, retry_after: Any) -> Response:
    """The error as a page, as a fragment for htmx, or as a problem for a program."""
    problem = current_app.extensions.get("problem")
    if not wants_page() and problem is not None:
        return make_response(problem(error))
    fields = _worded(error)
    if any(problem.code == UNKNOWN for problem in fields):
        message = fields[0].message
    title, advice = ADVICE.get(status, ADVICE[400 if status < 500 else 500])
    page = _render(
        status=status,
        error_title=title,
        advice=advice,
        message="" if status in QUIET else message,
        fields=fields,
        request_id=None if status in QUIET else request_id(),
    )
    response = make_response(page, status)
    if is_fragment():
        response.headers["HX-Reswap"] = "innerHTML"  # the region stays, so that the next answer finds it
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _worded(error: Exception) -> tuple[FieldError, ...]:
    """What is wrong with each field; in an address, an unknown one is a filter that the page lacks."""
    fields = error.fields if isinstance(error, AppError) else ()
    if request.method != "GET":
        return fields
    return tuple(
        FieldError("", UNKNOWN, f"This page has no filter called '{one.field}'.")
        if one.code == UNKNOWN
        else one
        for one in fields
    )


def _render(**context: Any) -> str:
    """Without Flask's context processors: one of them would look up who is signed in."""
    name = "errors/fragment.html" if is_fragment() else "errors/page.html"
    return current_app.jinja_env.get_template(name).render(**context)


def wants_page() -> bool:
    """Is this a browser that shows a page, rather than a program?"""
    accepts = request.accept_mimetypes
    is_api = request.path.startswith(("/api/", "/graphql"))
    return not is_api and (not accepts or accepts.accept_html)


def _to_sign_in() -> Response:
    """To sign-in and back. Only a GET is worth coming back to; `next` is a path here, never another site."""
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    target = url_for("security.login", next=here if here != "/" else None)
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": url_for("security.login")})
    return make_response(redirect(target))
