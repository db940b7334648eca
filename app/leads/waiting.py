"""Leads and tasks that wait for somebody to look after them: of nobody, or of a member who is gone."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from app.leads.assignment import Wanted, gone
from app.models.choices import OPEN_STATUSES
from app.models.leads import Lead, Task
from app.models.sources import LeadSource


class Waiting(NamedTuple):
    """An open lead that nobody looks after; `user_id` is the member it still belongs to, who is gone."""

    created_at: datetime
    lead_id: UUID
    user_id: UUID | None
    wanted: Wanted


def leads(session: Session, most: int) -> list[Waiting]:
    """The leads that wait, the oldest first; at most that many of nobody, and of members who are gone."""
    of_gone = _waiting(session, Lead.assigned_to_user_id.in_(gone()), most)
    of_nobody = _waiting(session, Lead.assigned_to_user_id.is_(None), most)
    return sorted([*of_gone, *of_nobody], key=lambda one: (one.created_at, one.lead_id))


def _waiting(session: Session, whose: ColumnElement[bool], most: int) -> list[Waiting]:
    statement = (
        select(
            Lead.created_at,
            Lead.id,
            Lead.assigned_to_user_id,
            LeadSource.auto_assign_to_user_id,
            Lead.team_id,
        )
        .outerjoin(
            LeadSource,
            (LeadSource.supplier_id == Lead.supplier_id) & (LeadSource.id == Lead.lead_source_id),
        )
        .where(Lead.lead_status.in_(sorted(OPEN_STATUSES)), whose)
        .order_by(Lead.created_at, Lead.id)
        .limit(most)
    )
    return [Waiting(*row[:3], Wanted(*row[3:])) for row in session.execute(statement)]


def hold(session: Session, waiting: Waiting) -> bool:
    """Lock the lead if it still waits as it did and nobody else works on it; False otherwise."""
    still = (
        Lead.id == waiting.lead_id,
        Lead.lead_status.in_(sorted(OPEN_STATUSES)),
        Lead.assigned_to_user_id.is_not_distinct_from(waiting.user_id),
    )
    locked = select(Lead.id).where(*still).with_for_update(skip_locked=True, key_share=True)
    return session.scalar(locked) is not None


def orphaned_tasks(session: Session, most: int) -> Sequence[tuple[Task, UUID | None]]:
    """Open tasks of members who are gone, locked, each with who looks after its lead, if anybody."""
    ids = list(session.scalars(gone()))
    if not ids:
        return []
    among = any_(literal(ids, ARRAY(Uuid())))
    statement = (
        select(Task, Lead.assigned_to_user_id)
        .join(Lead, (Lead.supplier_id == Task.supplier_id) & (Lead.id == Task.lead_id))
        .where(Task.completed_at.is_(None), Task.assigned_to_user_id == among)
        .order_by(Task.due_at, Task.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=Task)
    )
    return [(task, None if assignee in ids else assignee) for task, assignee in session.execute(statement)]
