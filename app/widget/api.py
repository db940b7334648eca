"""The widget, and the API it speaks: `/f/<key>/config` and `/f/<key>/inquiries`."""

import gzip
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

import orjson
from flask import Blueprint, Response, current_app, g, request
from pydantic import Field
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from app.capture.schemas import IdempotencyKey, InquiryForm, Submission, VisitContext
from app.kernel.errors import InvalidInput
from app.kernel.schema import Schema, validate
from app.models.choices import InquiryChannel, InquiryState
from app.widget import cors, gate, problems, tokens
from app.widget.forms import NEED, as_meant, described
from app.workflows.submit_inquiry import Receipt, submit_inquiry

blueprint = Blueprint("form_api", __name__)
cors.install(blueprint)
problems.install(blueprint)


class WidgetInquiry(Schema):
    """The body of a POST. `website` is the honeypot, `token` comes from `/config`."""

    form: InquiryForm
    visit: VisitContext = Field(default_factory=VisitContext)
    idempotency_key: IdempotencyKey
    token: Annotated[str, Field(max_length=500)] | None = None
    website: Annotated[str, Field(max_length=1000)] | None = None

    def submission(self, form_key: str) -> Submission:
        """With what the request itself tells; InvalidInput when the token is not good."""
        return Submission(
            form=self.form,
            visit=self.visit,
            channel=InquiryChannel.WIDGET,
            idempotency_key=self.idempotency_key,
            honeypot=self.website,
            seconds_to_fill=tokens.seconds_to_fill(form_key, self.token),
            **sender(),
        )


@blueprint.route("/f/<form_key>/inquiries", methods=["OPTIONS"], provide_automatic_options=False)
@blueprint.route("/f/<form_key>/config", methods=["OPTIONS"], provide_automatic_options=False)
def preflight(form_key: str) -> Response:
    return cors.preflight(form_key)


@blueprint.get("/f/<form_key>/config")
def config(form_key: str) -> Response:
    """What the widget draws, and a fresh token."""
    form = g.public_form = gate.open_form(form_key)
    drawn = {"heading": form.heading, "supplier": form.supplier_name, "need": NEED, "thanks": form.thanks}
    return _json({**drawn, "fields": described(form), "token": tokens.make(form.key)}, HTTPStatus.OK)


@blueprint.post("/f/<form_key>/inquiries")
@gate.limited_by_address
@gate.limited_by_form
def submit(form_key: str) -> Response:
    """201 when it is a lead (or waits in quarantine), 202 when it is stored and follows, 200 for a repeat."""
    form = g.public_form = gate.open_form(form_key)
    gate.check_origin(form)
    receipt = submit_inquiry(form.key, validate(WidgetInquiry, _body()).submission(form.key))
    answer = {"inquiryId": str(receipt.inquiry_id), "status": "received", "message": form.thanks}
    return _json(answer, _status(receipt))


@blueprint.get("/widget.js")
def script() -> Response:
    """The widget; websites keep it for an hour, and ask whether it changed by its ETag."""
    plain, packed, tag = _script(Path(str(current_app.static_folder)) / "widget.js")
    takes_gzip = bool(request.accept_encodings["gzip"])
    answer = Response(packed if takes_gzip else plain, content_type="text/javascript; charset=utf-8")
    if takes_gzip:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Cache-Control"] = "public, max-age=3600, stale-while-revalidate=86400"
    answer.vary.add("Accept-Encoding")
    answer.set_etag(tag, weak=True)
    answer.make_conditional(request)
    return answer


def sender() -> dict[str, Any]:
    """The address and browser that the request came from, within the bounds of a submission."""
    browser = request.user_agent.string[:500]
    return {"ip_address": (request.remote_addr or "")[:64] or None, "user_agent": browser or None}


def _body() -> dict[str, Any]:
    """The JSON object; 415 when announced as something else, 400 when it is not JSON (RFC 8259)."""
    if not request.is_json:
        raise UnsupportedMediaType("Send the inquiry as application/json.")
    try:
        body = orjson.loads(request.get_data())
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error}") from None
    if not isinstance(body, dict):
        raise InvalidInput.of("", "not_an_object", "The body must be a JSON object.")
    if isinstance(body.get("form"), dict):
        body["form"] = as_meant(body["form"])
    return body


def _status(receipt: Receipt) -> HTTPStatus:
    """Suspicion answers exactly like success."""
    if receipt.repeated:
        return HTTPStatus.OK
    return HTTPStatus.ACCEPTED if receipt.state is InquiryState.RECEIVED else HTTPStatus.CREATED


def _json(content: dict[str, Any], status: HTTPStatus) -> Response:
    answer = Response(orjson.dumps(content), status, content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@lru_cache(maxsize=1)
def _script(path: Path) -> tuple[bytes, bytes, str]:
    """The script plain and packed, and its tag; read once a process."""
    plain = path.read_bytes()
    return plain, gzip.compress(plain, 9, mtime=0), sha256(plain).hexdigest()[:16]
