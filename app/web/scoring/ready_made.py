"""Ready-made sets of rules: to look at, to add, or to take instead of the rules there are."""

from typing import Any, Literal

from flask import flash, redirect, render_template, request, url_for

from app.accounts import queries as accounts
from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.schema import Schema, validate
from app.models.scoring import ScoringRule
from app.scoring.drafts import draft
from app.scoring.ready_made import INTEREST, READY_MADE, ReadyMade, ready_made, take_ready_made
from app.scoring.rules import in_order
from app.web.score_values import source_names
from app.web.scoring.blueprint import blueprint
from app.web.viewer import viewer


class Taken(Schema):
    how: Literal["add", "instead"]


@blueprint.get("/ready-made")
def ready_made_sets() -> str:
    """All of them, that of the supplier's own trade first."""
    own = accounts.supplier(db.session()).trade
    sets = sorted(READY_MADE.values(), key=lambda one: one.key != own)
    return render_template("scoring/ready_made.html", sets=sets)


@blueprint.route("/ready-made/<trade>", methods=["GET", "POST"])
def take_set(trade: str) -> Any:
    """What the set has, and the two ways to take it."""
    wanted = ready_made(trade)
    viewer().actor.require(Permission.WRITE_RULES)
    if request.method == "POST":
        how = validate(Taken, {"how": request.form.get("how")}).how
        take_ready_made(viewer().actor, trade, instead=how == "instead")
        flash(f"The rules for a {wanted.key} are in force.", "success")
        return redirect(url_for("scoring.index"), 303)
    count = len(db.session().scalars(in_order()).all())
    alone, together = _rules(wanted)
    return render_template(
        "scoring/take_set.html",
        set=wanted,
        alone=alone,
        together=together,
        interest=INTEREST,
        count=count,
        names=source_names(),
    )


def _rules(wanted: ReadyMade) -> tuple[list[ScoringRule], list[ScoringRule]]:
    """Those of no group and those of the group Interest, as they would be."""
    supplier_id = viewer().actor.supplier_id
    alone = [draft(supplier_id, data) for data in wanted.rules]
    return alone, [draft(supplier_id, data) for data in wanted.interest]
