"""The tasks on a lead's page: done with one click, opened again, changed, deleted. The composer adds them."""

from typing import Any
from uuid import UUID

from flask import flash, request

from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.schema import Schema, validate
from app.leads import tasks
from app.leads.schemas import TaskUpdate
from app.models.leads import Task
from app.web.lead import page
from app.web.lead.asked import back
from app.web.leads import blueprint
from app.web.task_form import TaskEditForm
from app.web.viewer import viewer
from app.workflows.delete_task import delete_task
from app.workflows.update_task import update_task


class Doing(Schema):
    done: bool


def _writable(task_id: UUID) -> Task:
    viewer().actor.require(Permission.WRITE_LEADS)
    return tasks.task(db.session(), task_id)


@blueprint.post("/tasks/<uuid:task_id>")
def change_task(task_id: UUID) -> Any:
    lead_id, form = _writable(task_id).lead_id, TaskEditForm()
    if not form.write_for(task_id):
        return page.render(lead_id, task=form), form.status
    flash("Task saved.", "success")
    return back(lead_id, "tasks")


@blueprint.post("/tasks/<uuid:task_id>/done")
def finish_task(task_id: UUID) -> Any:
    """Done, or to be done after all."""
    _writable(task_id)
    done = validate(Doing, {"done": request.form.get("done")}).done
    changed = update_task(viewer().actor, task_id, validate(TaskUpdate, {"is_done": done}))
    flash("Task done." if done else "Task opened again.", "success")
    return back(changed.lead_id, "tasks")


@blueprint.post("/tasks/<uuid:task_id>/delete", endpoint="delete_task")
def remove_task(task_id: UUID) -> Any:
    _writable(task_id)
    lead_id = delete_task(viewer().actor, task_id)
    flash("Task deleted.", "success")
    return back(lead_id, "tasks")
