"""The list of the tasks page: what is to do and what is done, by whose it is."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, joinedload

from app.kernel.keyset import Cut, Order, Page, fetch
from app.kernel.schema import Schema
from app.leads.today import COUNTED_TO, WORKED
from app.models.accounts import User
from app.models.leads import Lead, Task

_DUE = Order("due_at", Task.due_at, Task.id, descending=False)
_DONE = Order("-completed_at", Task.completed_at, Task.id, filled=True)


class TodoState(StrEnum):
    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"


class TodoFilters(Schema):
    """Which tasks a list shows. `who` is whose: everybody's, mine, nobody's, or a member's."""

    state: TodoState = TodoState.OPEN
    who: Annotated[Literal["everybody", "mine", "nobody"] | UUID, Field(union_mode="left_to_right")] = (
        "everybody"
    )


Row = tuple[Task, str | None]
"""A task, its lead loaded, and the name of whom it is for."""


def page(session: Session, filters: TodoFilters, me: UUID, now: datetime, cut: Cut) -> Page[Row]:
    """A page of the list: what is due first comes first, and what was done last."""
    statement = (
        select(Task, User.full_name)
        .join(Task.lead)
        .outerjoin(User, User.id == Task.assigned_to_user_id)
        .options(joinedload(Task.lead))
        .where(*_criteria(filters, me, now))
    )
    return fetch(session, statement, _DONE if filters.state is TodoState.DONE else _DUE, cut)


def counts(session: Session, filters: TodoFilters, me: UUID, now: datetime) -> dict[TodoState, int]:
    """How many each state has of that person's tasks, up to 1,000, in one statement."""
    numbers = []
    for state in TodoState:
        chosen = _criteria(filters.model_copy(update={"state": state}), me, now)
        rows = select(Task.id).join(Task.lead).where(*chosen).limit(COUNTED_TO).subquery()
        numbers.append(select(func.count()).select_from(rows).scalar_subquery())
    return dict(zip(TodoState, session.execute(select(*numbers)).one(), strict=True))


def _criteria(filters: TodoFilters, me: UUID, now: datetime) -> list[ColumnElement[bool]]:
    """Tasks about a lead that is lost, spam or a duplicate are nothing to do any more."""
    todo = and_(Task.completed_at.is_(None), Lead.lead_status.in_(WORKED))
    states: dict[TodoState, Any] = {
        TodoState.OPEN: todo,
        TodoState.OVERDUE: and_(todo, Task.due_at < now),
        TodoState.DONE: Task.completed_at.is_not(None),
    }
    found: list[ColumnElement[bool]] = [states[filters.state]]
    if filters.who == "nobody":
        found.append(Task.assigned_to_user_id.is_(None))
    elif filters.who != "everybody":
        found.append(Task.assigned_to_user_id == (me if filters.who == "mine" else filters.who))
    return found
