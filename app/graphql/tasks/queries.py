"""`task` and `tasks`."""

from dataclasses import replace
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement

from app.graphql.declare import field, given, value
from app.graphql.paging import After, Connection, First
from app.graphql.payload import row_of
from app.graphql.read import Rows, page
from app.graphql.tasks.types import NEXT_TASK, Task
from app.kernel import clock
from app.models import leads as models


@given
class TaskFilter:
    """All that are given must hold; null filters nothing."""

    is_open: bool | None = None
    is_overdue: bool | None = strawberry.field(
        default=None, description="Open, and due before now; or, when false, anything else."
    )
    assigned_to: UUID | None = None
    unassigned: bool = strawberry.field(default=False, description="Only tasks of nobody.")
    lead_id: UUID | None = None


@value
class TaskQueries:
    @field(Task | None)
    def task(self, id: UUID) -> Rows:
        """The task with this id; null when there is none."""
        return row_of(models.Task, id)

    @field(Connection[Task])
    def tasks(self, filter: TaskFilter | None = None, first: First = None, after: After = None) -> Rows:
        """What has to be done, by due time; what has none comes last."""
        found = page(NEXT_TASK, first, after, *(_criteria(filter) if filter else ()))
        return replace(found, standing=filter is None)


def _criteria(chosen: TaskFilter) -> list[ColumnElement[bool]]:
    task, is_open = models.Task, models.Task.completed_at.is_(None)
    found: list[ColumnElement[bool]] = []
    if chosen.is_open is not None:
        found.append(is_open if chosen.is_open else ~is_open)
    if chosen.is_overdue is not None:
        overdue = is_open & (task.due_at < clock.now())
        found.append(overdue if chosen.is_overdue else overdue.is_not(True))
    if chosen.assigned_to:
        found.append(task.assigned_to_user_id == chosen.assigned_to)
    if chosen.unassigned:
        found.append(task.assigned_to_user_id.is_(None))
    if chosen.lead_id:
        found.append(task.lead_id == chosen.lead_id)
    return found
