"""Two leads that may be one couple: side by side, merged, and apart again."""

from typing import Any, Literal
from uuid import UUID

from flask import flash, render_template, request

from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.schema import Schema, validate
from app.leads import record
from app.leads.duplicates import why
from app.models.leads import Lead
from app.web.lead.asked import back, writable
from app.web.leads import blueprint
from app.web.viewer import viewer
from app.workflows.merge_leads import merge_leads
from app.workflows.undo_merge import undo_merge


class Choice(Schema):
    """Which of the two is kept: the one that the address names first, or the other."""

    keep: Literal["this", "other"]


@blueprint.get("/<uuid:lead_id>/merge/<uuid:other_id>")
def compare(lead_id: UUID, other_id: UUID) -> Any:
    """The two beside each other, with what they have in common."""
    one, other = writable(lead_id), record.lead(db.session(), other_id)
    pair = _elder_first(one, other)
    return render_template("lead/merge.html", pair=pair, reasons=why(one, other), came_from=lead_id)


@blueprint.post("/<uuid:lead_id>/merge/<uuid:other_id>")
def merge(lead_id: UUID, other_id: UUID) -> Any:
    """The one that is kept is chosen; the other becomes its duplicate."""
    writable(lead_id)
    record.lead(db.session(), other_id)
    keep = validate(Choice, {"keep": request.form.get("keep")}).keep
    winner_id, loser_id = (lead_id, other_id) if keep == "this" else (other_id, lead_id)
    merge_leads(viewer().actor, winner_id, loser_id)
    flash("Merged. Everything stands on this page now; the merge can be undone here.", "success")
    return back(winner_id)


@blueprint.post("/merges/<uuid:merge_id>/undo")
def undo(merge_id: UUID) -> Any:
    viewer().actor.require(Permission.WRITE_LEADS)
    apart = undo_merge(viewer().actor, merge_id)
    flash("Undone. They are two leads again.", "success")
    return back(apart.winner_id)


def _elder_first(one: Lead, other: Lead) -> tuple[Lead, Lead]:
    """Who came first is usually the one to keep."""
    return (one, other) if one.created_at <= other.created_at else (other, one)
