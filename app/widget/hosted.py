"""The same form on a page of ours, for websites and browsers without JavaScript."""

from uuid import uuid4

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.capture.schemas import Submission, Touch, VisitContext
from app.kernel import clock
from app.kernel.errors import InvalidInput
from app.kernel.schema import validate
from app.models.choices import InquiryChannel
from app.widget import gate, tokens, troubles
from app.widget.api import sender
from app.widget.forms import NEED, InquiryPage
from app.widget.gate import PublicForm
from app.workflows.submit_inquiry import submit_inquiry

blueprint = Blueprint("hosted_form", __name__)
troubles.install(blueprint)


@blueprint.get("/f/<form_key>")
def show(form_key: str) -> ResponseReturnValue:
    form = gate.open_form(form_key)
    page = InquiryPage(form)
    page.token.data, page.idempotency_key.data = tokens.make(form.key), uuid4().hex
    page.referrer.data = _referrer()
    return _page(form, page)


@blueprint.post("/f/<form_key>")
@gate.limited_by_address
@gate.limited_by_form
def send(form_key: str) -> ResponseReturnValue:
    """To the thanks page, whatever we think of the inquiry; 422 with what was typed when it is not valid."""
    form = gate.open_form(form_key)
    page = InquiryPage(form)
    try:
        submit_inquiry(form.key, _submission(form, page))
    except InvalidInput as error:
        if any(problem.field == "token" for problem in error.fields):
            page.token.data = tokens.replace(form.key, error)
        page.blame(error)
        return _page(form, page), 422
    return redirect(url_for(".thanks", form_key=form.key), 303)


@blueprint.get("/f/<form_key>/thanks")
def thanks(form_key: str) -> ResponseReturnValue:
    form = gate.open_form(form_key)
    return framed(form, render_template("capture/thanks.html", form=form))


def framed(form: PublicForm, page: str) -> Response:
    """The page, which the form's websites (any, when it lists none) may show in a frame."""
    answer = make_response(page)
    ancestors = " ".join(("'self'", *form.allowed_origins)) if form.allowed_origins else "*"
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {ancestors}"
    )
    return answer


def _page(form: PublicForm, page: InquiryPage) -> Response:
    return framed(form, render_template("capture/form.html", form=form, page=page, need=NEED))


def _submission(form: PublicForm, page: InquiryPage) -> Submission:
    said = page.read()
    touch = _touch(page.referrer.data)
    posted = {
        "form": said,
        "visit": VisitContext(first=touch, last=touch),
        "channel": InquiryChannel.HOSTED_FORM,
        "idempotency_key": page.idempotency_key.data,
        "honeypot": page.website.data,
        "seconds_to_fill": tokens.seconds_to_fill(form.key, page.token.data),
        **sender(),
    }
    return validate(Submission, posted)


def _touch(referrer: str | None) -> Touch:
    """The visit by the page's own address. Odd marks are cut to fit: they never cost an inquiry."""
    marks = {name: _clean(request.args.get(name), 255) for name in Touch.model_fields if name in request.args}
    seen = {"referrer": _clean(referrer, 2000), "landing_page": _clean(request.url, 2000)}
    return Touch.model_validate({**marks, **seen, "at": clock.now().isoformat()})


def _clean(text: str | None, most: int) -> str:
    return "".join(c for c in text or "" if c.isprintable())[:most]


def _referrer() -> str:
    """Where the couple came from, unless from a page of ours."""
    referrer = request.referrer or ""
    return "" if referrer.startswith(request.host_url) else referrer[:2000]
