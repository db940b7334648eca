"""What is written in the composer."""

from typing import Any
from uuid import UUID

from flask import flash, request

from app.kernel.schema import Schema, validate
from app.web.lead import page
from app.web.lead.asked import Compose, back, writable
from app.web.lead.composer import TABS
from app.web.leads import blueprint


class Chosen(Schema):
    kind: Compose


@blueprint.post("/<uuid:lead_id>/entries")
def compose(lead_id: UUID) -> Any:
    writable(lead_id)
    kind = validate(Chosen, {"kind": request.form.get("kind")}).kind
    form = TABS[kind].form()
    if not form.write_for(lead_id):
        return page.render(lead_id, composer=form), form.status
    flash(TABS[kind].done, "success")
    return back(lead_id, "tasks" if kind == "task" else "timeline")
