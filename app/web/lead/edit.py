"""The details of a lead, changed in place: one group at a time."""

from typing import Any
from uuid import UUID

from flask import flash, request

from app.kernel.schema import Schema, validate
from app.web.lead import page
from app.web.lead.asked import Group, back, writable
from app.web.lead.groups import GROUPS
from app.web.leads import blueprint


class Chosen(Schema):
    group: Group


@blueprint.post("/<uuid:lead_id>/details")
def save_details(lead_id: UUID) -> Any:
    writable(lead_id)
    group = validate(Chosen, {"group": request.form.get("group")}).group
    form = GROUPS[group].form()
    if not form.write_for(lead_id):
        return page.render(lead_id, details=form), form.status
    flash(form.done, "success")
    return back(lead_id, group)
