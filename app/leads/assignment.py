"""Who looks after a new lead: the source's own person, else the next in the round."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, not_, or_, select
from sqlalchemy.orm import Session

from app.kernel.actor import Role
from app.models.accounts import Membership
from app.models.choices import OPEN_STATUSES
from app.models.leads import Lead
from app.models.sources import LeadSource


def _available(today: date) -> Select[Membership]:
    """Active members who take leads, are not away today and have room."""
    open_leads = (
        select(func.count())
        .select_from(Lead)
        .where(
            Lead.supplier_id == Membership.supplier_id,
            Lead.assigned_to_user_id == Membership.user_id,
            Lead.lead_status.in_(sorted(OPEN_STATUSES)),
        )
        .correlate(Membership)
        .scalar_subquery()
    )
    away = func.coalesce(Membership.absent_from <= today, False) & (
        Membership.absent_until.is_(None) | (Membership.absent_until >= today)
    )
    return select(Membership).where(
        Membership.is_active,
        Membership.takes_leads,
        Membership.role != Role.VIEWER,
        not_(away),
        or_(Membership.capacity.is_(None), Membership.capacity > open_leads),
    )


def choose(session: Session, source: LeadSource, today: date, now: datetime) -> Membership | None:
    """The source's default person when available, else whoever waited longest; None when nobody has room.

    Two inquiries at once skip each other's choice instead of waiting for it.
    """
    available = _available(today)
    if source.auto_assign_to_user_id:
        preferred = available.where(Membership.user_id == source.auto_assign_to_user_id)
        found = session.scalars(preferred).first()
        if found:
            return found
    in_turn = available.order_by(Membership.last_assigned_at.nulls_first(), Membership.user_id).limit(1)
    turn = session.scalars(in_turn.with_for_update(skip_locked=True, key_share=True, of=Membership)).first()
    chosen = turn or session.scalars(in_turn).first()
    if turn:
        turn.last_assigned_at = now
    return chosen


def member_id(membership: Membership | None) -> UUID | None:
    return membership.user_id if membership else None
