"""The details of a lead, changed in place: one group at a time."""

from typing import Any
from uuid import UUID

from flask import flash, request

from app.kernel import clock
from app.kernel.db import db
from app.kernel.schema import Schema, validate
from app.models.leads import Lead
from app.nurture.retiming import Moved, preview
from app.web.lead import page
from app.web.lead.asked import Group, back, writable
from app.web.lead.groups import GROUPS, DetailsForm
from app.web.leads import blueprint


class Chosen(Schema):
    group: Group


def _unseen_moves(lead: Lead, form: DetailsForm) -> list[Moved]:
    """What another wedding date would time anew, unless the person has seen it."""
    wedding = form.values().get("wedding_date", lead.wedding_date)
    if request.form.get("moves") == "seen" or not form.validate_on_submit():
        return []
    return preview(db.session(), lead, wedding, clock.now())


@blueprint.post("/<uuid:lead_id>/details")
def save_details(lead_id: UUID) -> Any:
    lead = writable(lead_id)
    group = validate(Chosen, {"group": request.form.get("group")}).group
    form = GROUPS[group].form()
    if moves := _unseen_moves(lead, form):
        return page.render(lead_id, details=form, moves=moves)
    if not form.write_for(lead_id):
        return page.render(lead_id, details=form), form.status
    flash(form.done, "success")
    return back(lead_id, group)
