"""The way out of our messages: a link shows a page, only a POST acts (RFC 8058).

No session and no CSRF token: the signed link is the right to do this one thing, and mail programs
post to it without ever having loaded the page.
"""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.accounts.security import csrf
from app.kernel.errors import AppError, InvalidInput, NotFound
from app.messaging import queries
from app.messaging.links import preferences_url, read_unsubscribe
from app.workflows.opt_out import opt_out

blueprint = Blueprint("unsubscribe", __name__)
csrf.exempt(blueprint)


@blueprint.errorhandler(InvalidInput)
@blueprint.errorhandler(NotFound)
def dead_link(refused: AppError) -> ResponseReturnValue:
    """In the words of who stands there: a couple with a link that was cut off."""
    return render_template("messages/dead_link.html"), refused.status


@blueprint.get("/unsubscribe/<token>")
def ask(token: str) -> ResponseReturnValue:
    """The page with the button; opening it, as mail scanners do, changes nothing."""
    return _page(*read_unsubscribe(token), done=False)


@blueprint.post("/unsubscribe/<token>")
def act(token: str) -> ResponseReturnValue:
    """Stop. One click in a mail program, or the button of the page; a second time is as good as the first."""
    supplier_id, message_id = read_unsubscribe(token)
    opt_out(supplier_id, message_id)
    return _page(supplier_id, message_id, done=True)


def _page(supplier_id: UUID, message_id: UUID, *, done: bool) -> ResponseReturnValue:
    return render_template(
        "messages/unsubscribe.html",
        supplier=queries.sender_name(supplier_id),
        preferences=preferences_url(supplier_id, message_id),
        done=done,
    )
