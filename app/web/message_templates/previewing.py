"""A template as it is being written, filled in: a document for the frame beside the editor."""

from typing import Any
from uuid import UUID

from flask import Response, make_response, render_template, request

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.headers import CONTENT_SECURITY_POLICY
from app.leads import search
from app.messaging.templates.preview import Preview, preview
from app.messaging.templates.queries import find
from app.web.message_templates.blueprint import blueprint
from app.web.message_templates.forms import Page, TemplateForm, page_of

POLICY = (
    "default-src 'none'; img-src data: https:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox"
)
"""An e-mail brings its own styles and pictures and nothing else: no script, no form, no origin."""
FRAMED = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
"""Of a page that says what went wrong."""


@blueprint.post("/<sort>/preview")
def look(sort: str) -> Response:
    """What is wrong, or how it looks. Always 200: the frame shows either."""
    page = page_of(sort)
    form = page.form()
    return _framed(form, _seen(page, form))


@blueprint.get("/<sort>/<uuid:template_id>/seen")
def seen(sort: str, template_id: UUID) -> Response:
    """How a saved template looks for a made-up couple, or what is wrong with it."""
    page = page_of(sort)
    row = find(db.session(), page.model, template_id)
    form = page.form(formdata=None, obj=row)
    written = page.write.model_validate({name: getattr(row, name) for name in page.write.model_fields})
    return _framed(form, _filled(form, written))


def _framed(form: TemplateForm, found: Preview | None) -> Response:
    told = [(form[name].label.text if name in form else "", errors) for name, errors in form.errors.items()]
    response = make_response(render_template("message_templates/preview.html", seen=found, told=told))
    response.headers["Content-Security-Policy"] = POLICY
    return response


@blueprint.after_request
def _let_in(response: Response) -> Response:
    """What went wrong is shown in the frame too."""
    if request.endpoint == f"{blueprint.name}.{look.__name__}":
        response.headers.setdefault("Content-Security-Policy", FRAMED)
    return response


def _seen(page: Page, form: TemplateForm) -> Preview | None:
    """None when the form is wrong, as its fields then say."""
    data = form.read(page.write)
    return None if data is None else _filled(form, data)


def _filled(form: TemplateForm, data: Any) -> Preview | None:
    """None when a text is wrong, or nobody is whom it is for; the form's fields then say so."""
    try:
        seen = preview(db.session(), data, _lead(form.lead.data or ""), clock.now())
    except (NotFound, InvalidInput):
        form.lead.errors = ["No lead matches; try part of a name or an e-mail."]
        return None
    for problem in seen.problems:
        form[problem.field].errors = [*form[problem.field].errors, problem.message]
    return None if seen.problems else seen


def _lead(words: str) -> UUID | None:
    """The lead that the words name: its id, or the first that a search finds; NotFound when there is none."""
    if not words.strip():
        return None
    try:
        return UUID(words.strip())
    except ValueError:
        found = search.suggest(db.session(), words, most=1)
    if not found:
        raise NotFound("lead")
    return found[0].id
