"""The outbox: every message, what became of it, and how it looks to the couple."""

from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from pydantic import Field

from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.errors import NotFound
from app.kernel.keyset import Cut
from app.kernel.schema import Schema, validate
from app.messaging import queries
from app.models.choices import MessageState
from app.models.messaging import Message
from app.web import listing
from app.web.viewer import signed_in, viewer
from app.workflows.settle_message import Verdict, settle_message

blueprint = signed_in(Blueprint("outbox", __name__, url_prefix="/outbox"))

MOST_UNCERTAIN = 20
RENDERED_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)
"""An e-mail brings its own styles and nothing else: no script, no form, no remote picture, no origin."""


SETTLED = {
    Verdict.ARRIVED: "Noted: it arrived.",
    Verdict.SEND_AGAIN: "It goes out again, unless the couple has opted out since.",
}


class Settlement(Schema):
    verdict: Verdict


class OutboxFilter(Schema):
    state: MessageState | None = Field(default=None)


@blueprint.get("")
def index() -> str:
    chosen = validate(OutboxFilter, listing.query())
    session, place = db.session(), listing.place()
    on_first = not (place.after or place.before or chosen.state)
    return render_template(
        "outbox/index.html",
        page=queries.outbox(session, place.cut(), state=chosen.state),
        uncertain=_uncertain() if on_first else [],
        states=list(MessageState),
        chosen=chosen.state,
        address=listing.Address("outbox.index", {"state": chosen.state}, place.limit),
        is_first=on_first,
        only_shown=current_app.extensions["settings"].mail_transport == "outbox",
    )


def _uncertain() -> list[tuple[Message]]:
    """Of these nobody knows whether they went, so they stand first on the list."""
    return queries.outbox(db.session(), Cut(MOST_UNCERTAIN), state=MessageState.UNCERTAIN).rows


@blueprint.get("/<uuid:message_id>")
def show(message_id: UUID) -> str:
    opened = queries.message(db.session(), message_id)
    return render_template("outbox/show.html", message=opened.message, events=opened.events)


@blueprint.post("/<uuid:message_id>/settle")
def settle(message_id: UUID) -> Any:
    """A person says what became of a message that is uncertain."""
    viewer().actor.require(Permission.WRITE_LEADS)
    queries.message(db.session(), message_id)  # an unknown id comes before a wrong word
    said = validate(Settlement, {"verdict": request.form.get("verdict")})
    settle_message(viewer().actor, message_id, said.verdict)
    flash(SETTLED[said.verdict], "success")
    return redirect(url_for("outbox.show", message_id=message_id), 303)


@blueprint.get("/<uuid:message_id>/html")
def rendered(message_id: UUID) -> Response:
    """The message's own HTML, for the frame on its page."""
    body = queries.message(db.session(), message_id).message.html_body
    if body is None:
        raise NotFound("message")
    response = make_response(body)
    response.headers["Content-Security-Policy"] = RENDERED_POLICY
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    return response
