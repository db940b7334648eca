"""Reads of tasks: one, and numbered lists of them. The list of the tasks page is `todo`."""

from enum import StrEnum
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from app.kernel.errors import NotFound
from app.kernel.numbered import Choice, Numbered, Place, numbered
from app.kernel.schema import Instant, Schema
from app.leads.listing import lead
from app.models.leads import Task


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"
    ANY = "any"


class TaskFilters(Schema):
    """All that are given must hold."""

    state: TaskState = TaskState.OPEN
    assigned_to: UUID | Literal["nobody"] | None = None
    due_before: Instant | None = None


_BY_DUE = (Task.due_at.asc().nulls_last(), Task.id.asc())
_BY_DONE = (Task.completed_at.desc().nulls_first(), *_BY_DUE)
"""Open ones first, then the latest done."""


def task(session: Session, task_id: UUID) -> Task:
    """The task with its lead; NotFound for an unknown id and for another supplier's."""
    found = session.scalar(select(Task).options(joinedload(Task.lead)).where(Task.id == task_id))
    if found is None:
        raise NotFound("task")
    return found


def tasks(session: Session, filters: TaskFilters, place: Place) -> Numbered[Task]:
    """A page of the supplier's tasks: the open ones by their due time, the done ones latest first."""
    order = _BY_DUE if filters.state is TaskState.OPEN else _BY_DONE
    return numbered(session, Choice(Task, _criteria(filters), order), place)


def of_lead(session: Session, lead_id: UUID, place: Place) -> Numbered[Task]:
    """A page of a lead's tasks, the open ones first; NotFound for a lead that is not there."""
    lead(session, lead_id)
    return numbered(session, Choice(Task, [Task.lead_id == lead_id], _BY_DONE), place)


def _criteria(filters: TaskFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.state is not TaskState.ANY:
        is_open = Task.completed_at.is_(None)
        found.append(is_open if filters.state is TaskState.OPEN else ~is_open)
    if filters.assigned_to == "nobody":
        found.append(Task.assigned_to_user_id.is_(None))
    elif filters.assigned_to:
        found.append(Task.assigned_to_user_id == filters.assigned_to)
    if filters.due_before:
        found.append(Task.due_at < filters.due_before)
    return found
