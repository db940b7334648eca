"""How a lead is handled: moved, given to somebody, judged, tagged, paused, enrolled, deleted."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.errors import Conflict
from app.kernel.schema import Schema, validate
from app.leads import record
from app.leads.schemas import LeadUpdate, StatusMove, TagChange
from app.web.formats import words
from app.web.lead import page
from app.web.lead.asked import back, writable
from app.web.lead.bar import EnrollForm, HandlingForm, StatusForm, TagForm
from app.web.leads import blueprint
from app.web.viewer import viewer
from app.web.write_form import WriteForm
from app.workflows.change_status import change_status
from app.workflows.delete_lead import delete_lead
from app.workflows.enroll_lead import enroll_lead
from app.workflows.tag_lead import tag_lead
from app.workflows.update_lead import update_lead


class Enrolling(Schema):
    nurture_sequence_id: UUID


class Pausing(Schema):
    paused: bool


@blueprint.post("/<uuid:lead_id>/status")
def move(lead_id: UUID) -> Any:
    writable(lead_id)
    form = StatusForm()
    if not form.write(StatusMove, lambda said: change_status(viewer().actor, lead_id, said)):
        return page.render(lead_id, status=form), form.status
    flash(f"The lead is {words(form.lead_status.data).lower()} now.", "success")
    return back(lead_id)


@blueprint.post("/<uuid:lead_id>/handling")
def handle(lead_id: UUID) -> Any:
    writable(lead_id)
    form = HandlingForm()
    if not form.write_for(lead_id):
        return page.render(lead_id, handling=form), form.status
    flash(form.done, "success")
    return back(lead_id)


@blueprint.post("/<uuid:lead_id>/tags")
def tag(lead_id: UUID) -> Any:
    writable(lead_id)
    form = TagForm()
    if not form.write(TagChange, lambda change: tag_lead(viewer().actor, lead_id, change)):
        return page.render(lead_id, tag=form), form.status
    return back(lead_id, "tags")


@blueprint.post("/<uuid:lead_id>/automation")
def pause(lead_id: UUID) -> Any:
    """Nothing automatic leaves for a paused lead; its place in each sequence is held."""
    writable(lead_id)
    paused = validate(Pausing, {"paused": request.form.get("paused")}).paused
    update_lead(viewer().actor, lead_id, validate(LeadUpdate, {"automation_paused": paused}))
    flash("Automation is paused." if paused else "Automation goes on.", "success")
    return back(lead_id)


@blueprint.post("/<uuid:lead_id>/sequences")
def enroll(lead_id: UUID) -> Any:
    writable(lead_id)
    form = EnrollForm()
    if not form.write(Enrolling, lambda one: enroll_lead(viewer().actor, lead_id, one.nurture_sequence_id)):
        return page.render(lead_id, enroll=form), form.status
    flash("Enrolled.", "success")
    return back(lead_id, "sequences")


@blueprint.route("/<uuid:lead_id>/delete", methods=["GET", "POST"])
def delete(lead_id: UUID) -> Any:
    """Asks first, and says what goes with the lead."""
    viewer().actor.require(Permission.DELETE_LEADS)
    lead = record.lead(db.session(), lead_id)
    name, form = lead.couple, WriteForm()
    if form.validate_on_submit():
        try:
            delete_lead(viewer().actor, lead_id)
        except Conflict as refused:
            flash(refused.message, "danger")
            return back(lead_id)
        flash(f"{name} was deleted.", "success")
        return redirect(url_for("leads.index"), 303)
    return render_template("lead/delete.html", lead=lead, form=form), form.status
