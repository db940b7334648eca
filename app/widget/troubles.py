"""What a couple sees when the form cannot be shown or sent: the hosted page's one mapping of errors."""

import structlog
from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from app.kernel.errors import AppError
from app.widget.problems import DATABASE_AWAY, RETRY_SECONDS

log = structlog.get_logger(__name__)

_WAIT = "One moment, please"
_TEXTS = {
    404: ("This form is not here", "The address may be wrong, or the form is not in use any more."),
    413: ("That is too much text", "Go back, shorten your message and send it again."),
    429: (_WAIT, "Very many inquiries came from your connection. Load this page again in a minute."),
    503: (_WAIT, "Your message could not be stored. Load this page again in a few seconds to send it."),
}
_NOT_SHOWN = (_WAIT, "This page cannot be shown just now. Load this page again in a few seconds.")
_OTHER = ("This did not work", "Go back, and try again. What you typed is still there.")


def install(blueprint: Blueprint) -> None:
    blueprint.register_error_handler(AppError, _app_error)
    blueprint.register_error_handler(HTTPException, lambda error: _page(error.code or 500))
    blueprint.register_error_handler(Exception, _surprise)
    for kind in DATABASE_AWAY:
        blueprint.register_error_handler(kind, _database_away)


def _app_error(error: AppError) -> Response:
    return _page(error.status, error.details.get("retry_after"))


def _database_away(error: Exception) -> Response:
    log.error("database_away", reason=str(error).splitlines()[0])
    return _page(503, RETRY_SECONDS)


def _surprise(_error: Exception) -> Response:
    log.exception("unhandled")
    return _page(500)


def _page(status: int, retry_after: object = None) -> Response:
    unsent = status == 503 and request.method != "POST"
    title, advice = _NOT_SHOWN if unsent else _TEXTS.get(status, _OTHER)
    answer = make_response(render_template("capture/trouble.html", title=title, advice=advice), status)
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer
