"""Reads of the supplier whose transaction it is: its profile, its people, teams and keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from app.kernel import tenancy
from app.kernel.actor import Role
from app.kernel.errors import NotFound
from app.kernel.keyset import Cut, Order, Page, fetch
from app.kernel.uow import reading
from app.models.accounts import Membership, Supplier, Team, User

MOST_TEAMS = 100
MOST_PEOPLE = 500


@dataclass(frozen=True)
class Person:
    """Somebody whom history may name."""

    id: UUID
    name: str
    role: Role
    is_active: bool

    @property
    def takes_leads(self) -> bool:
        """May leads and tasks be given to them?"""
        return self.is_active and self.role is not Role.VIEWER


def supplier(session: Session) -> Supplier:
    """The supplier in force; NotFound when there is none."""
    found = session.get(Supplier, tenancy.supplier_id())
    if found is None:
        raise NotFound("supplier")
    return found


def user(session: Session, user_id: UUID) -> User:
    """A person; NotFound when there is none."""
    found = session.get(User, user_id)
    if found is None:
        raise NotFound("person")
    return found


def people(session: Session) -> list[Person]:
    """Everybody who ever worked there, those who still do first, by name; at most 500."""
    statement = (
        select(User.id, func.coalesce(User.full_name, User.email), Membership.role, Membership.is_active)
        .join(Membership, Membership.user_id == User.id)
        .order_by(Membership.is_active.desc(), func.lower(User.full_name), User.id)
        .limit(MOST_PEOPLE)
    )
    return [Person(*row) for row in session.execute(statement)]


def member_page(session: Session, cut: Cut) -> Page[tuple[User, Membership]]:
    """One page of everybody who ever worked there, by name, with their places and teams."""
    statement = (
        select(User, Membership)
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(Team, (Team.supplier_id == Membership.supplier_id) & (Team.id == Membership.team_id))
        .options(contains_eager(Membership.team))
    )
    return fetch(session, statement, Order("name", User.full_name, User.id, descending=False), cut)


def member(session: Session, user_id: UUID) -> tuple[User, Membership]:
    """One of the people who ever worked there; NotFound for anybody else."""
    row = session.execute(
        select(User, Membership).join(Membership, Membership.user_id == User.id).where(User.id == user_id)
    ).one_or_none()
    if row is None:
        raise NotFound("member")
    return row


def teams(session: Session) -> Sequence[tuple[Team, int]]:
    """The teams by name, each with how many active members it has; at most 100."""
    size = func.count(Membership.user_id)
    return session.execute(
        select(Team, size)
        .outerjoin(
            Membership,
            (Membership.supplier_id == Team.supplier_id)
            & (Membership.team_id == Team.id)
            & Membership.is_active,
        )
        .group_by(Team.supplier_id, Team.id)
        .order_by(func.lower(Team.name), Team.id)
        .limit(MOST_TEAMS)
    ).all()


def team(session: Session, team_id: UUID) -> Team:
    """One team; NotFound for another supplier's."""
    found = session.get(Team, (tenancy.supplier_id(), team_id))
    if found is None:
        raise NotFound("team")
    return found


def supplier_names(supplier_ids: Sequence[UUID]) -> list[tuple[UUID, str]]:
    """The names of a person's suppliers, each read as its own; not inside a unit of work."""
    named = []
    for supplier_id in supplier_ids:
        with reading(supplier_id) as session:
            named.append((supplier_id, supplier(session).name))
    return named
