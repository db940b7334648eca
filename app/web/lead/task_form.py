"""The form that changes a task of the lead."""

from uuid import UUID

from app.kernel.errors import NotFound
from app.leads.schemas import TaskUpdate
from app.models.leads import Task
from app.web.lead.entries import TaskForm
from app.web.viewer import viewer
from app.workflows.update_task import update_task


class TaskEditForm(TaskForm):
    kind = "change-task"
    nobody = "Nobody in particular"
    task_id: UUID

    @classmethod
    def of(cls, task: Task) -> "TaskEditForm":
        """As the task is now."""
        form = cls(formdata=None, obj=task)
        form.task_id = task.id
        return form

    def write_for(self, task_id: UUID) -> bool:
        self.task_id = task_id
        return self.write(TaskUpdate, lambda change: update_task(viewer().actor, task_id, change))


def open_form(tasks: list[Task], wanted: UUID | None) -> TaskEditForm | None:
    """The form of the task that the address names; NotFound when it is none of this lead's."""
    if wanted is None or not viewer().may("write_leads"):
        return None
    for task in tasks:
        if task.id == wanted:
            return TaskEditForm.of(task)
    raise NotFound("task")
