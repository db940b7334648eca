"""`/api/leads/<id>/tasks` and `/api/tasks`: what is to be done about leads."""

from uuid import UUID

from flask import Blueprint, Response

from app.accounts.access import current_actor
from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.numbered import Numbered, Place
from app.leads import tasks
from app.leads.schemas import TaskCreate, TaskUpdate
from app.models.leads import Task
from app.rest.answers import answer, nothing
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.shapes import tasks as shapes
from app.rest.shapes.base import PageQuery, pagination
from app.workflows.create_task import create_task
from app.workflows.delete_task import delete_task
from app.workflows.update_task import update_task

blueprint = guard(Blueprint("api_tasks", __name__, url_prefix="/api"))
TAG = "Tasks"
CALL = {"title": "Call about the date", "due_at": "2027-01-15T09:00:00Z", "priority": "high"}


@blueprint.get("/leads/<uuid:lead_id>/tasks")
@operation("listTasksOfLead", tag=TAG, answers={200: shapes.TasksResponse})
def of_lead(lead_id: UUID, query: PageQuery) -> Response:
    """List a lead's tasks. The open ones come first, by their due time."""
    return _list(tasks.of_lead(db.session(), lead_id, query.place), query.place)


@blueprint.post("/leads/<uuid:lead_id>/tasks")
@operation(
    "createTask", tag=TAG, answers={201: shapes.TaskResponse}, permission=Permission.WRITE_LEADS, example=CALL
)
def create(lead_id: UUID, body: TaskCreate) -> Response:
    """Add a task to a lead. Without an assignee it is for whoever looks after the lead."""
    return _told(create_task(current_actor(), lead_id, body), "Task added.", 201)


@blueprint.get("/tasks")
@operation("listTasks", tag=TAG, answers={200: shapes.TasksResponse})
def index(query: shapes.TasksQuery) -> Response:
    """List tasks. The open ones by their due time, the done ones latest first."""
    return _list(tasks.tasks(db.session(), query, query.place), query.place)


@blueprint.patch("/tasks/<uuid:task_id>")
@operation(
    "updateTask",
    tag=TAG,
    answers={200: shapes.TaskResponse},
    permission=Permission.WRITE_LEADS,
    example={"is_done": True},
)
def update(task_id: UUID, body: TaskUpdate) -> Response:
    """Change, complete or reopen a task. What is absent stays; null clears."""
    return _told(update_task(current_actor(), task_id, body).task_id, "Task updated.", 200)


@blueprint.delete("/tasks/<uuid:task_id>")
@operation("deleteTask", tag=TAG, answers={204: None}, permission=Permission.WRITE_LEADS)
def delete(task_id: UUID) -> Response:
    """Delete a task that was never meant to be done."""
    delete_task(current_actor(), task_id)
    return nothing()


def _list(found: Numbered[Task], place: Place) -> Response:
    shown = [shapes.Task.model_validate(row) for row in found.rows]
    return answer(shapes.TasksResponse(tasks=shown, pagination=pagination(found.total, place)))


def _told(task_id: UUID, message: str, status: int) -> Response:
    task = tasks.task(db.session(), task_id)
    return answer(
        shapes.TaskResponse(
            task=shapes.Task.model_validate(task),
            next_follow_up_at=task.lead.next_follow_up_at,
            message=message,
        ),
        status,
    )
