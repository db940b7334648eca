"""The page on which a couple chooses what a supplier sends them: a link shows it, only a POST changes it.

No session and no CSRF token: the signed link is the right to do this one thing.
"""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.security import csrf
from app.kernel.errors import AppError, InvalidInput, NotFound
from app.messaging import preferences, queries
from app.messaging.links import read_preferences
from app.messaging.preferences import Wishes
from app.workflows.set_preferences import set_preferences

blueprint = Blueprint("preferences", __name__)
csrf.exempt(blueprint)


@blueprint.errorhandler(InvalidInput)
@blueprint.errorhandler(NotFound)
def dead_link(refused: AppError) -> ResponseReturnValue:
    """In the words of who stands there: a couple with a link that was cut off."""
    return render_template("messages/dead_link.html"), refused.status


@blueprint.get("/preferences/<token>")
def show(token: str) -> ResponseReturnValue:
    """What they get now."""
    return _page(*read_preferences(token))


@blueprint.post("/preferences/<token>")
def save(token: str) -> ResponseReturnValue:
    """What they want from now on; `nothing` is the button that switches everything off."""
    supplier_id, message_id = read_preferences(token)
    wanted = set() if "nothing" in request.form else set(Wishes.model_fields) & set(request.form)
    set_preferences(supplier_id, message_id, Wishes(**dict.fromkeys(wanted, True)))
    return _page(supplier_id, message_id, saved=True)


def _page(supplier_id: UUID, message_id: UUID, *, saved: bool = False) -> ResponseReturnValue:
    now = preferences.read(supplier_id, message_id)
    name = queries.sender_name(supplier_id)
    return render_template("messages/preferences.html", supplier=name, now=now, saved=saved)
