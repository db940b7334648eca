"""`createTask`, `updateTask`, `completeTask`, `reopenTask`, `deleteTask`."""

from datetime import datetime
from uuid import UUID

import strawberry

from app.graphql.context import Info
from app.graphql.declare import mutation, value
from app.graphql.leads.types import Lead
from app.graphql.payload import Payload, row_of
from app.graphql.read import Rows
from app.graphql.tasks.types import Task
from app.leads.schemas import TaskCreate, TaskUpdate
from app.models import leads as models
from app.workflows.create_task import create_task
from app.workflows.delete_task import delete_task
from app.workflows.update_task import update_task


@value
class CreateTaskPayload(Payload):
    task: Rows | None = strawberry.field(graphql_type=Task | None, default=None)


@value
class UpdateTaskPayload(Payload):
    task: Rows | None = strawberry.field(graphql_type=Task | None, default=None)
    next_follow_up_at: datetime | None = strawberry.field(
        default=None, description="When the lead is to be followed up now: its earliest open task's time."
    )


@value
class DeleteTaskPayload(Payload):
    lead: Rows | None = strawberry.field(
        graphql_type=Lead | None, default=None, description="The lead that the task was about."
    )


@value
class TaskMutations:
    @mutation
    def create_task(self, info: Info, lead_id: UUID, input: TaskCreate) -> CreateTaskPayload:
        """Write down something to do about a lead, whose next follow-up moves with it."""
        task_id = create_task(info.context.actor, lead_id, input)
        return CreateTaskPayload(success=True, message="Task created.", task=row_of(models.Task, task_id))

    @mutation
    def update_task(self, info: Info, id: UUID, input: TaskUpdate) -> UpdateTaskPayload:
        """Change a task, complete it or open it again."""
        return _updated(info, id, input, "Task updated.")

    @mutation
    def complete_task(self, info: Info, id: UUID) -> UpdateTaskPayload:
        """Say that a task is done, which its lead's timeline then tells. Once done it stays done."""
        return _updated(info, id, TaskUpdate.model_validate({"is_done": True}), "Task completed.")

    @mutation
    def reopen_task(self, info: Info, id: UUID) -> UpdateTaskPayload:
        """Say that a task is not done after all."""
        return _updated(info, id, TaskUpdate.model_validate({"is_done": False}), "Task opened again.")

    @mutation
    def delete_task(self, info: Info, id: UUID) -> DeleteTaskPayload:
        """Take a task away that was never meant to be done."""
        lead_id = delete_task(info.context.actor, id)
        return DeleteTaskPayload(success=True, message="Task deleted.", lead=row_of(models.Lead, lead_id))


def _updated(info: Info, task_id: UUID, change: TaskUpdate, message: str) -> UpdateTaskPayload:
    found = update_task(info.context.actor, task_id, change)
    return UpdateTaskPayload(
        success=True,
        message=message,
        task=row_of(models.Task, task_id),
        next_follow_up_at=found.next_follow_up_at,
    )
