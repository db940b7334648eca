"""The first page: key figures and what to do next; for anybody else, what this is and how to get in."""

from datetime import timedelta

from flask import Blueprint, current_app, render_template, url_for

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import NotAuthenticated
from app.kernel.zones import day_of, day_start
from app.leads import queries
from app.web.viewer import enter, leave, viewer

blueprint = Blueprint("dashboard", __name__)
blueprint.teardown_request(leave)

LATEST = 8
QUEUE = 20


@blueprint.get("/")
def home() -> str:
    try:
        enter()
    except NotAuthenticated:
        doors = {"sign_in": _url("security.login"), "sign_up": _url("accounts.sign_up")}
        return render_template("dashboard/landing.html", **doors)
    return _dashboard()


def _dashboard() -> str:
    session, zone, now = db.session(), viewer().zone, clock.now()
    tomorrow = day_start(day_of(now, zone) + timedelta(days=1), zone)
    return render_template(
        "dashboard/home.html",
        figures=queries.figures(session, zone, now),
        latest=queries.latest(session, LATEST),
        tasks=queries.tasks_due(session, tomorrow, QUEUE),
    )


def _url(endpoint: str) -> str | None:
    return url_for(endpoint) if endpoint in current_app.view_functions else None
