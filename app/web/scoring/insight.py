"""What the scores are worth: how they are spread, whether they tell who books, and which rules would help."""

from typing import Any, Literal

from flask import flash, redirect, render_template, request, url_for

from app.accounts import queries as accounts
from app.accounts.service import show_booking_chance
from app.kernel import clock
from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.schema import Schema, validate
from app.scoring.booking_chance import booking_model
from app.scoring.calibration import calibration
from app.scoring.distribution import distribution
from app.scoring.drafts import draft
from app.scoring.suggestions import Suggestion, suggestions
from app.web import listing
from app.web.score_values import source_names
from app.web.scoring.blueprint import blueprint
from app.web.viewer import viewer

SCORES = (0, 20, 40, 60, 80, 100)
"""For these the booking probability is told."""


class Which(Schema):
    leads: Literal["open", "all"] = "open"


class Switch(Schema):
    shown: Literal["yes", "no"]


@blueprint.get("/insight")
def insight() -> str:
    which = validate(Which, listing.query()).leads
    session, now = db.session(), clock.now()
    return render_template(
        "scoring/insight.html",
        which=which,
        spread=distribution(session, open_only=which == "open"),
        calibration=calibration(session, now),
        suggestions=suggestions(session, now),
        rule_of=_rule_of,
        address_of=_address_of,
        model=booking_model(session, now),
        scores=SCORES,
        supplier=accounts.supplier(session),
        names=source_names(),
    )


@blueprint.post("/booking-chance")
def booking_chance() -> Any:
    """Show the booking probability beside the scores, or stop."""
    viewer().actor.require(Permission.MANAGE_SUPPLIER)
    shown = validate(Switch, {"shown": request.form.get("shown")}).shown == "yes"
    show_booking_chance(viewer().actor, shown)
    told = "Leads show how probable a booking is." if shown else "Leads show no booking probability any more."
    flash(told, "success")
    return redirect(url_for("scoring.insight", _anchor="chance"), 303)


def _rule_of(one: Suggestion) -> Any:
    return draft(viewer().actor.supplier_id, one.rule)


def _address_of(one: Suggestion) -> str:
    """The editor with the suggested rule in it."""
    return url_for("scoring.new_rule", **one.rule.model_dump(mode="json", exclude_defaults=True))
