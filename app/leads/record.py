"""Reads for one lead's page: everything that is known about the couple, a bounded number of statements."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from app.kernel.errors import NotFound
from app.kernel.keyset import Cut, Order, Page, fetch, position
from app.models.accounts import Membership, User
from app.models.capture import Inquiry
from app.models.choices import InteractionType
from app.models.leads import Lead, LeadInteraction, LeadMerge, StatusHistory, Task
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


def timeline(
    session: Session, lead_id: UUID, cut: Cut, kinds: Collection[InteractionType] = ()
) -> Page[Entry]:
    """A page of the lead's timeline, newest first; of these kinds, if any are named."""
    its_message = and_(
        Message.supplier_id == LeadInteraction.supplier_id, Message.id == LeadInteraction.message_id
    )
    statement: Select[LeadInteraction, Message | None, str | None] = (
        select(LeadInteraction, Message, User.full_name)
        .outerjoin(Message, its_message)
        .outerjoin(User, User.id == LeadInteraction.user_id)
        .where(LeadInteraction.lead_id == lead_id)
    )
    if kinds:
        statement = statement.where(LeadInteraction.interaction_type.in_(sorted(kinds)))
    return fetch(session, statement, _TIMELINE, cut)


def moment_of(cursor: str) -> datetime:
    """When the entry happened that a cursor of the timeline stands at; InvalidInput for another's."""
    at: datetime = position(_TIMELINE, cursor).value  # type: ignore[assignment]
    return at


def last_letter(session: Session, lead_id: UUID) -> str | None:
    """The subject of the last e-mail between the two, either way."""
    mails = (InteractionType.EMAIL_REPLIED, InteractionType.EMAIL_SENT)
    statement = select(LeadInteraction.interaction_subject).where(
        LeadInteraction.lead_id == lead_id,
        LeadInteraction.interaction_type.in_(mails),
        LeadInteraction.interaction_subject.is_not(None),
    )
    return session.scalar(
        statement.order_by(LeadInteraction.occurred_at.desc(), LeadInteraction.id.desc()).limit(1)
    )


def messages(session: Session, lead_id: UUID) -> list[Message]:
    """What was written to the couple, newest first."""
    return list(session.scalars(_messages(lead_id)))


def merges(session: Session, lead: Lead) -> list[tuple[LeadMerge, Lead]]:
    """The merges in force that the lead is part of, newest first, each with the lead at the other end."""
    other = or_(
        and_(LeadMerge.winner_id == lead.id, Lead.id == LeadMerge.loser_id),
        and_(LeadMerge.loser_id == lead.id, Lead.id == LeadMerge.winner_id),
    )
    statement: Select[LeadMerge, Lead] = select(LeadMerge, Lead).join(Lead, other)
    newest = statement.where(LeadMerge.undone_at.is_(None)).order_by(LeadMerge.created_at.desc())
    return [*session.execute(newest.limit(MOST))]


def beside(session: Session, lead_id: UUID) -> Beside:
    """The short lists of the page, five statements."""
    return Beside(
        tasks=list(session.scalars(_tasks(lead_id))),
        history=[*session.execute(_history(lead_id))],
        enrollments=list(session.scalars(_enrollments(lead_id))),
        messages=messages(session, lead_id),
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
