"""The forms that add a task to a lead and change one, on the lead's page and on the task's own."""

from typing import Any
from uuid import UUID

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from app.leads.schemas import TaskCreate, TaskUpdate
from app.models.choices import Priority
from app.models.leads import Task
from app.web.fields import MemberField, MomentField, choices
from app.web.formats import words
from app.web.viewer import viewer
from app.web.write_form import PartForm
from app.workflows.create_task import create_task
from app.workflows.update_task import update_task

PRIORITIES = choices((level.value, words(level)) for level in reversed(Priority))


class TaskForm(PartForm):
    kind = "task"
    nobody = "Whoever looks after the lead"
    title = StringField("What is to be done", render_kw={"required": True, "maxlength": 255})
    due_at = MomentField("Due", [Optional()])
    assigned_to_user_id = MemberField("For")
    priority = SelectField(
        "Priority",
        choices=PRIORITIES,
        default=Priority.MEDIUM,
    )
    description = TextAreaField("Details", render_kw={"rows": 3, "maxlength": 10_000})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.assigned_to_user_id.offer(self.nobody)

    def write_for(self, lead_id: UUID) -> bool:
        return self.write(TaskCreate, lambda task: create_task(viewer().actor, lead_id, task))


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
