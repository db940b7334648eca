"""A person's calendar feed: its secret address, made anew or taken away."""

from typing import Any

from flask import current_app, flash, redirect, render_template, url_for

from app.accounts.calendar import key_of, make_key, revoke_key
from app.kernel.db import db
from app.web.settings.blueprint import blueprint
from app.web.viewer import viewer


@blueprint.get("/settings/calendar")
def calendar() -> str:
    key = key_of(db.session(), viewer().actor)
    base = current_app.extensions["settings"].base_url
    address = base + url_for("feeds.calendar", calendar_key=key) if key else None
    return render_template("accounts/calendar.html", address=address)


@blueprint.post("/settings/calendar")
def make_calendar() -> Any:
    make_key(viewer().actor)
    flash("Here is the address of your calendar.", "success")
    return redirect(url_for("settings.calendar"), 303)


@blueprint.post("/settings/calendar/revoke")
def revoke_calendar() -> Any:
    revoke_key(viewer().actor)
    flash("The address answers no more.", "success")
    return redirect(url_for("settings.calendar"), 303)
