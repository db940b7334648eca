"""The way out of our messages: a link shows a page, only a POST acts (RFC 8058).

No session and no CSRF token: the signed link is the right to do this one thing, and mail programs
post to it without ever having loaded the page.
"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.accounts.security import csrf
from app.messaging import queries
from app.messaging.links import read_unsubscribe
from app.workflows.opt_out import opt_out

blueprint = Blueprint("unsubscribe", __name__)
csrf.exempt(blueprint)


@blueprint.get("/unsubscribe/<token>")
def ask(token: str) -> ResponseReturnValue:
    """The page with the button; opening it, as mail scanners do, changes nothing."""
    supplier_id, _message_id = read_unsubscribe(token)
    return render_template("messages/unsubscribe.html", supplier=queries.sender_name(supplier_id), done=False)


@blueprint.post("/unsubscribe/<token>")
def act(token: str) -> ResponseReturnValue:
    """Stop. One click in a mail program, or the button of the page; a second time is as good as the first."""
    supplier_id, message_id = read_unsubscribe(token)
    opt_out(supplier_id, message_id)
    return render_template("messages/unsubscribe.html", supplier=queries.sender_name(supplier_id), done=True)
