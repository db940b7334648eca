"""`/api/templates/task`: tasks in Liquid."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from app.accounts.access import current_actor
from app.kernel import clock
from app.kernel.actor import Permission
from app.kernel.db import db
from app.messaging.templates import service
from app.messaging.templates.preview import preview
from app.messaging.templates.queries import find, listed, uses
from app.messaging.templates.schemas import TaskTemplatePatch, TaskTemplateWrite
from app.models.nurture import TaskTemplate
from app.rest.answers import answer, nothing
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.shapes import templates as shapes

blueprint = guard(Blueprint("api_task_templates", __name__, url_prefix="/api/templates/task"))
TAG = "Templates"
WRITES: Any = {"tag": TAG, "permission": Permission.WRITE_SEQUENCES}
CALL = {"name": "Call", "title": "Call {{ couple_names }}", "due_in_days": 1, "priority": "high"}


@blueprint.get("")
@operation("listTaskTemplates", tag=TAG, answers={200: shapes.TaskTemplatesResponse})
def index() -> Response:
    """List all task templates and where they are used, by name."""
    session = db.session()
    used = uses(session, TaskTemplate)
    found = [
        shapes.shown(shapes.ListedTaskTemplate, row, used.get(row.id, []))
        for row in listed(session, TaskTemplate)
    ]
    return answer(shapes.TaskTemplatesResponse(templates=found))


@blueprint.post("")
@operation(
    "createTaskTemplate", **WRITES, answers={201: shapes.TaskTemplateResponse}, refuses=(409,), example=CALL
)
def create(body: TaskTemplateWrite) -> Response:
    """Add a task template. A text that cannot be used is refused with the line and the reason."""
    made = service.create_template(current_actor(), TaskTemplate, body)
    return _told(made, "Template added.", 201)


@blueprint.post("/preview")
@operation(
    "previewTaskTemplate",
    tag=TAG,
    answers={200: shapes.TemplatePreview},
    refuses=(404,),
    example={"template": CALL},
)
def look(body: shapes.TaskPreviewAsked) -> Response:
    """Fill a task template in. For the lead, or for a made-up couple; nothing is written."""
    return answer(shapes.preview(preview(db.session(), body.template, body.lead_id, clock.now())))


@blueprint.get("/<uuid:task_template_id>")
@operation("getTaskTemplate", tag=TAG, answers={200: shapes.TaskTemplate})
def show(task_template_id: UUID) -> Response:
    """Get one task template and where it is used."""
    return answer(_shape(task_template_id))


@blueprint.patch("/<uuid:task_template_id>")
@operation(
    "updateTaskTemplate", **WRITES, answers={200: shapes.TaskTemplateResponse}, example={"due_in_days": 2}
)
def update(task_template_id: UUID, body: TaskTemplatePatch) -> Response:
    """Change a task template. What is absent stays; leads under way get it at once."""
    changed = service.update_template(current_actor(), TaskTemplate, task_template_id, body)
    return _told(task_template_id, "Template changed." if changed else "Nothing changed.", 200)


@blueprint.post("/<uuid:task_template_id>/copy")
@operation("copyTaskTemplate", **WRITES, answers={201: shapes.TaskTemplateResponse}, refuses=(409,))
def copy(task_template_id: UUID) -> Response:
    """Add another task template like it."""
    made = service.copy_template(current_actor(), TaskTemplate, task_template_id)
    return _told(made, "Template copied.", 201)


@blueprint.delete("/<uuid:task_template_id>")
@operation("deleteTaskTemplate", **WRITES, answers={204: None}, refuses=(409,))
def delete(task_template_id: UUID) -> Response:
    """Delete a task template. One that a sequence uses stays, and the answer names the sequences."""
    service.delete_template(current_actor(), TaskTemplate, task_template_id)
    return nothing()


def _shape(template_id: UUID) -> shapes.TaskTemplate:
    session = db.session()
    row = find(session, TaskTemplate, template_id)
    return shapes.shown(
        shapes.TaskTemplate, row, uses(session, TaskTemplate, template_id).get(template_id, [])
    )


def _told(template_id: UUID, message: str, status: int) -> Response:
    return answer(shapes.TaskTemplateResponse(template=_shape(template_id), message=message), status)
