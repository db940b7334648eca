"""What the scores are worth: how they are spread."""

from typing import Literal

from flask import render_template

from app.kernel.db import db
from app.kernel.schema import Schema, validate
from app.scoring.distribution import distribution
from app.web import listing
from app.web.scoring.blueprint import blueprint


class Which(Schema):
    leads: Literal["open", "all"] = "open"


@blueprint.get("/insight")
def insight() -> str:
    which = validate(Which, listing.query()).leads
    spread = distribution(db.session(), open_only=which == "open")
    return render_template("scoring/insight.html", which=which, spread=spread)
