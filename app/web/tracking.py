"""What e-mails bring back: the pixel that says it is open, and links that lead on.

No session: the signed address names the message. A GET here is the signal itself and changes nothing else.
Whoever follows a link gets where it leads, whether or not it can be written down.
"""

from base64 import b64decode
from uuid import UUID

import structlog
from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.kernel import clock, jobs
from app.kernel.errors import InvalidInput
from app.kernel.jobs import Bell
from app.messaging import queries
from app.messaging.agents import Visit
from app.messaging.links import read_click, read_pixel
from app.messaging.signals import LATE, Signal, pack
from app.models.choices import MessageEventType
from app.workflows.record_signal import record_signal

log = structlog.get_logger(__name__)
blueprint = Blueprint("tracking", __name__)

PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
"""A GIF of one transparent pixel."""
MOST_AGENT = 300
AHEAD = ("prefetch", "preview", "prerender")


@blueprint.get("/o/<token>.gif")
def opened(token: str) -> ResponseReturnValue:
    """The pixel; that somebody asked for it is written down."""
    try:
        supplier_id, message_id = read_pixel(token)
    except InvalidInput:
        return _dead_link()
    _note(supplier_id, message_id, MessageEventType.OPENED)
    return Response(PIXEL, mimetype="image/gif")


@blueprint.get("/l/<token>")
def clicked(token: str) -> ResponseReturnValue:
    """On to where the link of that message leads, and nowhere else."""
    try:
        supplier_id, message_id, number = read_click(token)
    except InvalidInput:
        return _dead_link()
    target = queries.link(supplier_id, message_id, number)
    if target is None:
        return _dead_link()
    _note(supplier_id, message_id, MessageEventType.CLICKED, number)
    return redirect(target)


def _note(supplier_id: UUID, message_id: UUID, kind: MessageEventType, link: int | None = None) -> None:
    """Now, or by a job when the lead is held up; what goes wrong with that is not the couple's to know."""
    said = f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}".lower()
    ahead = any(word in said for word in AHEAD)
    agent = request.headers.get("User-Agent", "")[:MOST_AGENT].replace("\0", "")
    visit = Visit(request.method, agent, ahead)
    signal = Signal(kind, clock.now(), visit=visit, link=link)
    try:
        record_signal(supplier_id, message_id, signal, somebody_waits=True)
    except Exception as error:
        log.warning("signal_late", kind=kind, message_id=str(message_id), error=type(error).__name__)
        jobs.send([Bell(LATE, "default", (str(supplier_id), str(message_id), pack(signal)))])


def _dead_link() -> ResponseReturnValue:
    return render_template("messages/dead_link.html"), 404
