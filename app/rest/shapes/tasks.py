"""Tasks and the answers about them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from app.leads.tasks import TaskFilters
from app.models.choices import Priority
from app.rest.shapes.base import PageQuery, Pagination, Shape


class Task(Shape):
    """Something that a person has to do about a lead."""

    id: UUID
    lead_id: UUID
    title: str
    description: str | None
    task_type: str
    priority: Priority
    due_at: datetime | None
    completed_at: datetime | None
    completed_by_user_id: UUID | None
    assigned_to_user_id: UUID | None
    created_at: datetime
    updated_at: datetime


class TasksQuery(TaskFilters, PageQuery):
    """Which tasks, and which page of them."""


class TasksResponse(Shape):
    """A page of tasks."""

    tasks: list[Task]
    pagination: Pagination


class TaskResponse(Shape):
    """The task as it is now, and when its lead is to be followed up next."""

    success: Literal[True] = True
    task: Task
    next_follow_up_at: datetime | None
    message: str
