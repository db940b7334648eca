"""Reads for one lead's page: everything that is known about the couple, a bounded number of statements."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, joinedload

from app.kernel.errors import NotFound
from app.kernel.keyset import Cut, Order, Page, fetch
from app.models.accounts import Membership, User
from app.models.capture import Inquiry
from app.models.leads import Lead, LeadInteraction, StatusHistory, Task
from app.models.messaging import Message
from app.models.nurture import Enrollment

MOST = 50
"""The longest of the lists beside the timeline."""
_TIMELINE = Order("-occurred_at", LeadInteraction.occurred_at, LeadInteraction.id)

Entry = tuple[LeadInteraction, Message | None, str | None]
"""A timeline entry, the message it is about, and who made it."""


@dataclass(frozen=True)
class Beside:
    """What stands beside the timeline, newest first; tasks by due time, open ones first."""

    tasks: list[Task]
    history: list[tuple[StatusHistory, str | None]]
    enrollments: list[Enrollment]
    messages: list[Message]
    inquiries: list[Inquiry]


def lead(session: Session, lead_id: UUID) -> Lead:
    """The lead with source, assignee and team; NotFound for an unknown id and for another supplier's."""
    assignee = joinedload(Lead.assignee).joinedload(Membership.user)
    shown = (joinedload(Lead.source), assignee, joinedload(Lead.team))
    found = session.scalar(select(Lead).options(*shown).where(Lead.id == lead_id))
    if found is None:
        raise NotFound("lead")
    return found


def timeline(session: Session, lead_id: UUID, cut: Cut) -> Page[Entry]:
    """A page of the lead's timeline, newest first."""
    its_message = and_(
        Message.supplier_id == LeadInteraction.supplier_id, Message.id == LeadInteraction.message_id
    )
    statement: Select[LeadInteraction, Message | None, str | None] = (
        select(LeadInteraction, Message, User.full_name)
        .outerjoin(Message, its_message)
        .outerjoin(User, User.id == LeadInteraction.user_id)
        .where(LeadInteraction.lead_id == lead_id)
    )
    return fetch(session, statement, _TIMELINE, cut)


def beside(session: Session, lead_id: UUID) -> Beside:
    """The short lists of the page, five statements."""
    return Beside(
        tasks=list(session.scalars(_tasks(lead_id))),
        history=[*session.execute(_history(lead_id))],
        enrollments=list(session.scalars(_enrollments(lead_id))),
        messages=list(session.scalars(_messages(lead_id))),
        inquiries=list(session.scalars(_inquiries(lead_id))),
    )


def _tasks(lead_id: UUID) -> Select[Task]:
    order = (Task.completed_at.desc().nulls_first(), Task.due_at.nulls_last(), Task.id)
    return select(Task).where(Task.lead_id == lead_id).order_by(*order).limit(MOST)


def _history(lead_id: UUID) -> Select[StatusHistory, str | None]:
    return (
        select(StatusHistory, User.full_name)
        .outerjoin(User, User.id == StatusHistory.changed_by_user_id)
        .where(StatusHistory.lead_id == lead_id)
        .order_by(StatusHistory.changed_at.desc(), StatusHistory.id.desc())
        .limit(MOST)
    )


def _enrollments(lead_id: UUID) -> Select[Enrollment]:
    return (
        select(Enrollment)
        .options(joinedload(Enrollment.sequence), joinedload(Enrollment.current_step))
        .where(Enrollment.lead_id == lead_id)
        .order_by(Enrollment.enrollment_date.desc(), Enrollment.id.desc())
        .limit(MOST)
    )


def _messages(lead_id: UUID) -> Select[Message]:
    newest = (Message.created_at.desc(), Message.id.desc())
    return select(Message).where(Message.lead_id == lead_id).order_by(*newest).limit(MOST)


def _inquiries(lead_id: UUID) -> Select[Inquiry]:
    newest = (Inquiry.received_at.desc(), Inquiry.id.desc())
    return select(Inquiry).where(Inquiry.lead_id == lead_id).order_by(*newest).limit(MOST)
