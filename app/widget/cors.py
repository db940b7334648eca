"""Cross-origin answers (Fetch standard, CORS): any origin, or those the form lists; never credentials."""

from flask import Blueprint, Response, g, request

from app.widget.gate import PublicForm, open_form
from app.widget.problems import DATABASE_AWAY


def install(blueprint: Blueprint) -> None:
    blueprint.after_request(_add)


def preflight(form_key: str) -> Response:
    """The answer to OPTIONS. With the database away it is yes, so that the page can read the 503 to come."""
    try:
        g.public_form = open_form(form_key)
    except DATABASE_AWAY:
        g.public_form = None
    answer = Response(status=204)
    answer.headers["Access-Control-Allow-Methods"] = "GET, POST"
    answer.headers["Access-Control-Allow-Headers"] = "Content-Type"
    answer.headers["Access-Control-Max-Age"] = "600"
    return answer


def _add(response: Response) -> Response:
    """An error about no known form may be read by anybody: it says nothing of anybody."""
    form: PublicForm | None = g.get("public_form")
    origin = request.headers.get("Origin")
    response.vary.add("Origin")
    if form is None or not form.allowed_origins:
        response.headers["Access-Control-Allow-Origin"] = "*"
    elif origin and form.welcomes(origin):
        response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = "Retry-After"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
