"""The first page: what to do next and key figures; for anybody else, what this is and how to get in."""

from datetime import timedelta
from typing import Any, Literal

from flask import Blueprint, Response, current_app, render_template, request, url_for

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import NotAuthenticated
from app.kernel.schema import Schema, validate
from app.leads import queries, today, trends
from app.web import listing
from app.web.htmx import is_fragment
from app.web.viewer import enter, leave, viewer

blueprint = Blueprint("dashboard", __name__)
blueprint.teardown_request(leave)

LATEST = 6
QUEUE = 12
FRESH_FOR = timedelta(minutes=5)
"""Without any change a page that polls is told anew what is due by now this often."""


class Whose(Schema):
    who: Literal["everybody", "mine"] = "everybody"


@blueprint.get("/")
def home() -> Any:
    """The dashboard. With `seen`, from a page that polls: the work alone, or 204 when nothing changed."""
    try:
        enter()
    except NotAuthenticated:
        if is_fragment():
            raise
        doors = {"sign_in": _url("security.login"), "sign_up": _url("accounts.sign_up")}
        return render_template("dashboard/landing.html", **doors)
    seen = _mark()
    if request.args.get("seen") == seen:
        return Response(status=204)
    context = _work(validate(Whose, listing.query(ignored=["seen"]))) | {"seen": seen}
    if is_fragment():
        return render_template("dashboard/_work.html", **context)
    return render_template("dashboard/home.html", **context, **_figures())


def _work(whose: Whose) -> dict[str, Any]:
    session, place = db.session(), listing.place()
    mine = viewer().user_id if whose.who == "mine" else None
    day = today.Day(clock.now(), viewer().zone, mine)
    return {
        "who": whose.who,
        "page": today.queue(session, day, place.cut(QUEUE)),
        "counts": today.counts(session, day),
        "counted_to": today.COUNTED_TO,
        "place": place,
        "address": listing.Address("dashboard.home", whose.model_dump(exclude_defaults=True), place.limit),
        "latest": queries.latest(session, LATEST),
        "now": day.now,
    }


def _figures() -> dict[str, Any]:
    session, zone, now = db.session(), viewer().zone, clock.now()
    return {
        "figures": queries.figures(session, zone, now),
        "lately": trends.lately(session, zone, now),
        "weeks": trends.weeks(session, zone, now),
    }


def _mark() -> str:
    period = int(clock.now().timestamp() // FRESH_FOR.total_seconds())
    return f"{queries.mark(db.session())}-{period}"


def _url(endpoint: str) -> str | None:
    return url_for(endpoint) if endpoint in current_app.view_functions else None
