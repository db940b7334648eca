"""Change one thing about a lead where it stands in the list, and undo a move.

htmx gets the form into the cell or the dialog, and once it is saved a word of thanks and the event
`lead-saved`, upon which the page reads its leads anew. Without JavaScript the form is a page of its own
that leads back to the list.
"""

import json
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, session, url_for

from app.conversions.bookings import is_booked
from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.errors import NotFound
from app.leads import record
from app.models.choices import LeadStatus
from app.models.leads import Lead
from app.web.htmx import is_fragment
from app.web.lead_list.change_forms import FORMS, ChangeForm, StatusForm, moves
from app.web.lead_list.index import seen_of
from app.web.leads import blueprint
from app.web.viewer import viewer


@blueprint.get("/<uuid:lead_id>/change/<field>")
def change(lead_id: UUID, field: str) -> Any:
    lead, form = _begin(lead_id, field)
    wanted = request.args.get("to")
    if isinstance(form, StatusForm) and wanted in moves(lead.lead_status):
        form.lead_status.data = wanted
    form.back.data = way_back(request.referrer)
    return _form(lead, form, field)


@blueprint.post("/<uuid:lead_id>/change/<field>")
def save(lead_id: UUID, field: str) -> Any:
    lead, form = _begin(lead_id, field)
    before = _before(lead)
    if not form.save(lead_id):
        return _form(record.lead(db.session(), lead_id), form, field), form.status
    lead = record.lead(db.session(), lead_id)
    moved = _moved(before, lead) if field == "status" else None
    if is_fragment():
        return _thanks(moved, {"id": str(lead_id), "field": field})
    if moved:
        session["moved"] = moved | {"supplier_id": str(lead.supplier_id)}
    else:
        flash("Saved.", "success")
    return redirect(way_back(form.back.data), 303)


def _begin(lead_id: UUID, field: str) -> tuple[Lead, ChangeForm]:
    """The lead and the form for that field of it; NotFound for a field that has none."""
    viewer().actor.require(Permission.WRITE_LEADS)
    lead = record.lead(db.session(), lead_id)
    if field not in FORMS:
        raise NotFound("form")
    form = FORMS[field]()
    form.show(lead)
    return lead, form


def _form(lead: Lead, form: ChangeForm, field: str) -> str:
    name = "_change" if is_fragment() else "change"
    return render_template(f"lead_list/{name}.html", lead=lead, form=form, field=field)


def _before(lead: Lead) -> dict[str, Any]:
    """What it takes to move the lead back to where it is. A booking that a move cancels stays cancelled."""
    status = lead.lead_status
    return {
        "before": status,
        "lost_reason": lead.lost_reason or "",
        "lost_details": lead.lost_details or "",
        "value_unknown": status is LeadStatus.WON,
        "can_undo": status is not LeadStatus.WON or not is_booked(db.session(), lead),
    }


def _moved(before: dict[str, Any], lead: Lead) -> dict[str, Any] | None:
    """What to say of the move and how to undo it; None when the lead stayed where it was."""
    if before["before"] == lead.lead_status:
        return None
    undone = request.form.get("is_undo") == "yes"
    told = {"lead_id": str(lead.id), "couple": lead.couple, "after": lead.lead_status, "seen": seen_of(lead)}
    return before | told | {"can_undo": before["can_undo"] and not undone}


def _thanks(moved: dict[str, Any] | None, saved: dict[str, str]) -> Response:
    response = make_response(render_template("lead_list/_saved.html", moved=moved))
    response.headers["HX-Trigger"] = json.dumps({"lead-saved": saved})
    return response


def way_back(address: str | None) -> str:
    """That address if it is one of the list; else the list as usual."""
    parts = urlsplit(address or "")
    if parts.path != url_for("leads.index") or parts.netloc not in ("", request.host):
        return url_for("leads.index")
    return parts.path + (f"?{parts.query}" if parts.query else "")
