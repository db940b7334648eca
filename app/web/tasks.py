"""Tasks: the list of what is to do and what is done, each one's page, and the acts on them."""

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from pydantic import Field

from app.kernel import clock
from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.schema import Schema, validate
from app.leads import record, search, tasks, todo
from app.leads.schemas import TaskUpdate
from app.leads.snooze import Later, until
from app.leads.todo import TodoFilters, TodoState
from app.web import listing
from app.web.back import back, flash_undo
from app.web.due import group
from app.web.fields import takers
from app.web.formats import at_of
from app.web.task_form import TaskEditForm, TaskForm
from app.web.viewer import signed_in, viewer
from app.workflows.delete_task import delete_task
from app.workflows.update_task import update_task

blueprint = signed_in(Blueprint("tasks", __name__, url_prefix="/tasks"))


class Chosen(Schema):
    """What a list of tasks may be asked for, and what one is asked to put off."""

    later: Later


class LeadWords(Schema):
    search: Annotated[str, Field(max_length=100)] | None = None


@blueprint.get("")
def index() -> str:
    filters = validate(TodoFilters, listing.query())
    session, place, now, me = db.session(), listing.place(), clock.now(), viewer().user_id
    page = todo.page(session, filters, me, now, place.cut())
    return render_template(
        "tasks/index.html",
        filters=filters,
        page=page,
        groups=group(page.rows, now, viewer().zone, done=filters.state is TodoState.DONE),
        counts=todo.counts(session, filters, me, now),
        members=takers(),
        address=listing.Address(
            "tasks.index", filters.model_dump(mode="json", exclude_defaults=True), place.limit
        ),
        place=place,
    )


@blueprint.get("/new")
def choose_lead() -> str:
    """Which couple is it about?"""
    viewer().actor.require(Permission.WRITE_LEADS)
    words = validate(LeadWords, listing.query()).search
    found = search.suggest(db.session(), words) if words else []
    return render_template("tasks/choose_lead.html", words=words, found=found)


@blueprint.route("/for/<uuid:lead_id>", methods=["GET", "POST"])
def add(lead_id: UUID) -> Any:
    lead = record.lead(db.session(), lead_id)
    viewer().actor.require(Permission.WRITE_LEADS)
    form = TaskForm()
    if form.write_for(lead_id):
        flash("Task added.", "success")
        return redirect(url_for("tasks.index"), 303)
    return render_template("tasks/form.html", form=form, lead=lead, task=None), form.status


@blueprint.route("/<uuid:task_id>", methods=["GET", "POST"])
def edit(task_id: UUID) -> Any:
    task = tasks.task(db.session(), task_id)
    viewer().actor.require(Permission.WRITE_LEADS)
    form, lead = TaskEditForm(obj=task), task.lead
    if form.write_for(task_id):
        flash("Saved.", "success")
        return redirect(url_for("tasks.index"), 303)
    return render_template("tasks/form.html", form=form, lead=lead, task=task), form.status


@blueprint.post("/<uuid:task_id>/complete")
def complete(task_id: UUID) -> Any:
    update_task(viewer().actor, task_id, validate(TaskUpdate, {"is_done": True}))
    flash_undo("Task done.", url_for("tasks.reopen", task_id=task_id))
    return back(url_for("tasks.index"))


@blueprint.post("/<uuid:task_id>/reopen")
def reopen(task_id: UUID) -> Any:
    update_task(viewer().actor, task_id, validate(TaskUpdate, {"is_done": False}))
    flash("The task is open again.", "success")
    return back(url_for("tasks.index"))


@blueprint.post("/<uuid:task_id>/snooze")
def snooze(task_id: UUID) -> Any:
    """Put it off to a morning."""
    tasks.task(db.session(), task_id)
    chosen = validate(Chosen, {"later": request.form.get("later")})
    due_at = until(chosen.later, clock.now(), viewer().zone)
    update_task(viewer().actor, task_id, validate(TaskUpdate, {"due_at": due_at}))
    flash(f"Put off to {at_of(due_at)}.", "success")
    return back(url_for("tasks.index"))


@blueprint.post("/<uuid:task_id>/delete")
def delete(task_id: UUID) -> Any:
    delete_task(viewer().actor, task_id)
    flash("Task deleted.", "success")
    return redirect(url_for("tasks.index"), 303)
