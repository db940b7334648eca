"""Points by hand, beside the rules: given or taken on the lead's page, and withdrawn there."""

from typing import Any
from uuid import UUID

from flask import flash

from app.kernel.actor import Permission
from app.scoring.schemas import AdjustmentWrite
from app.web.lead import page
from app.web.lead.adjustment_form import AdjustmentForm
from app.web.lead.asked import back, writable
from app.web.leads import blueprint
from app.web.viewer import viewer
from app.workflows.adjust_score import Adjusted, adjust_score, withdraw_adjustment


@blueprint.post("/<uuid:lead_id>/adjustments")
def adjust(lead_id: UUID) -> Any:
    writable(lead_id)
    form = AdjustmentForm()
    if not form.write(AdjustmentWrite, lambda given: adjust_score(viewer().actor, lead_id, given)):
        return page.render(lead_id, adjusting=form), form.status
    flash(_said(form.result), "success")
    return back(lead_id, "score")


@blueprint.post("/adjustments/<uuid:adjustment_id>/withdraw")
def withdraw(adjustment_id: UUID) -> Any:
    """The points may be anybody's, or a sequence's."""
    viewer().actor.require(Permission.WRITE_LEADS)
    done = withdraw_adjustment(viewer().actor, adjustment_id)
    flash(_said(done), "success")
    return back(done.lead_id, "score")


def _said(done: Adjusted) -> str:
    if done.new_score == done.old_score:
        return f"Saved. The score stays at {done.new_score}."
    return f"Saved. The score moved from {done.old_score} to {done.new_score}."
