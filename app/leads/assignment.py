"""Who looks after a lead that has nobody: the source's own person, its team, else the next in the round."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from app.kernel.actor import Role
from app.models.accounts import Membership
from app.models.choices import OPEN_STATUSES
from app.models.leads import Lead


@dataclass(frozen=True)
class Wanted:
    """Who comes first for a lead: one member, then those of a team; anybody when neither is there."""

    user_id: UUID | None = None
    team_id: UUID | None = None


def gone() -> Select[UUID]:
    """The members who look after no lead any more: they left, or only read."""
    return select(Membership.user_id).where(or_(not_(Membership.is_active), Membership.role == Role.VIEWER))


def _available(today: date) -> Select[Membership]:
    """Active members who take leads, are not away today and have room, who waited longest first."""
    away = func.coalesce(Membership.absent_from <= today, False) & (
        Membership.absent_until.is_(None) | (Membership.absent_until >= today)
    )
    able = select(Membership).where(
        Membership.is_active,
        Membership.takes_leads,
        Membership.role != Role.VIEWER,
        not_(away),
        or_(Membership.capacity.is_(None), and_(Membership.capacity > 0, ~_is_full())),
    )
    return able.order_by(Membership.last_assigned_at.nulls_first(), Membership.user_id)


def _is_full() -> ColumnElement[bool]:
    """Has the member, whose capacity is above 0, as many open leads? Reads no more leads than that."""
    mine = select(Lead.id).where(
        Lead.supplier_id == Membership.supplier_id,
        Lead.assigned_to_user_id == Membership.user_id,
        Lead.lead_status.in_(sorted(OPEN_STATUSES)),
    )
    last = mine.offset(func.greatest(Membership.capacity - 1, 0)).limit(1)
    return last.correlate(Membership).exists()


def choose(session: Session, wanted: Wanted, today: date, now: datetime) -> Membership | None:
    """The first that is available of those wanted, else whoever waited longest; None when nobody has room.

    Two inquiries at once skip each other's choice instead of waiting for it, where they can: a member with
    a capacity is locked until the commit, and looked at again once locked, so that it is never exceeded.
    """
    available = _available(today)
    if wanted.user_id:
        own = _take(session, available.where(Membership.user_id == wanted.user_id), in_turn=False)
        if own:
            return own.member
    rounds = (available.where(Membership.team_id == wanted.team_id),) if wanted.team_id else ()
    for among in (*rounds, available):
        found = _take(session, among, in_turn=True)
        if found and found.is_ours:
            found.member.last_assigned_at = now
        if found:
            return found.member
    return None


class _Found(NamedTuple):
    """`is_ours`: locked until our commit."""

    member: Membership
    is_ours: bool


def _take(session: Session, among: Select[Membership], *, in_turn: bool) -> _Found | None:
    """The first who has room, at the latest commit; in turn, one whom nobody else is choosing just now."""
    first = among.limit(1)
    free = first.with_for_update(skip_locked=True, key_share=True, of=Membership)
    while True:
        ours = session.scalars(free).first() if in_turn else None
        member = ours or session.scalars(first).first()
        if member is None or member.capacity is None:
            return _Found(member, ours is not None) if member else None
        its = Membership.user_id == member.user_id
        session.execute(select(Membership.user_id).where(its).with_for_update(key_share=True))
        if session.scalars(among.where(its)).first():
            return _Found(member, True)
