"""The people of a supplier: roles, leaving and coming back, teams, capacity and absence.

Admins manage members; only owners make or change owners, and one active owner always stays.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import queries
from app.accounts.schemas import Availability, RoleChange, TeamName
from app.kernel import audit, jobs
from app.kernel.actor import Actor, Permission, Role
from app.kernel.audit import Change
from app.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from app.kernel.uow import unit_of_work
from app.models.accounts import Membership, SignInSession, Team

ASSIGN_WAITING = "workers.jobs.leads.assign_waiting"
"""Gives the leads that wait to whoever may have become available, and those of who left to others."""


def require_reach(actor: Actor, role: Role) -> None:
    """NotPermitted unless the actor manages members, and those of `role`: owners are for owners."""
    actor.require(Permission.MANAGE_TEAM)
    if role is Role.OWNER and actor.role is not Role.OWNER:
        raise NotPermitted("Only an owner may make or change an owner.")


def change_role(actor: Actor, user_id: UUID, data: RoleChange) -> None:
    """Conflict when it would leave no owner."""
    require_reach(actor, data.role)
    with unit_of_work(actor.supplier_id) as session:
        member = _member(session, actor, user_id)
        if data.role is not Role.OWNER:
            _keep_an_owner(session, member)
        audit.update(session, actor, member, {"role": data.role})
        jobs.ring(ASSIGN_WAITING, actor.supplier_id)


def deactivate(actor: Actor, user_id: UUID) -> None:
    """They are signed out of this supplier now, and their API keys stop; a job hands their open leads and
    tasks to others. Conflict for the last owner."""
    actor.require(Permission.MANAGE_TEAM)
    with unit_of_work(actor.supplier_id) as session:
        member = _member(session, actor, user_id)
        _keep_an_owner(session, member)
        audit.update(session, actor, member, {"is_active": False}, action="deactivated")
        jobs.ring(ASSIGN_WAITING, actor.supplier_id)
        session.execute(
            delete(SignInSession).where(
                SignInSession.user_id == user_id, SignInSession.supplier_id == actor.supplier_id
            )
        )


def reactivate(actor: Actor, user_id: UUID) -> None:
    """They may sign in again, in the role they had."""
    actor.require(Permission.MANAGE_TEAM)
    with unit_of_work(actor.supplier_id) as session:
        member = _member(session, actor, user_id)
        audit.update(session, actor, member, {"is_active": True}, action="reactivated")
        jobs.ring(ASSIGN_WAITING, actor.supplier_id)


def set_availability(actor: Actor, user_id: UUID, data: Availability) -> None:
    """Which team they are in, and when and how many leads they take."""
    actor.require(Permission.MANAGE_TEAM)
    with unit_of_work(actor.supplier_id) as session:
        member = _member(session, actor, user_id)
        if data.team_id:
            _team(session, actor, data.team_id)
        audit.update(session, actor, member, data.model_dump())
        jobs.ring(ASSIGN_WAITING, actor.supplier_id)


def create_team(actor: Actor, data: TeamName) -> UUID:
    """The new team's id. InvalidInput when the name is taken."""
    actor.require(Permission.MANAGE_TEAM)
    with unit_of_work(actor.supplier_id) as session:
        if (session.scalar(select(func.count()).select_from(Team)) or 0) >= queries.MOST_TEAMS:
            raise Conflict(f"There are {queries.MOST_TEAMS} teams already.")
        _name_is_free(session, data.name)
        team = Team(supplier_id=actor.supplier_id, name=data.name)
        with _name_stays_free():
            session.add(team)
            session.flush()
        audit.record(session, actor, "created", team, Change(after={"name": data.name}))
        return team.id


def rename_team(actor: Actor, team_id: UUID, data: TeamName) -> None:
    """InvalidInput when another team has the name."""
    actor.require(Permission.MANAGE_TEAM)
    with unit_of_work(actor.supplier_id) as session:
        team = _team(session, actor, team_id)
        _name_is_free(session, data.name, but=team_id)
        with _name_stays_free():
            audit.update(session, actor, team, {"name": data.name})


def delete_team(actor: Actor, team_id: UUID) -> None:
    """Its members stay, in no team."""
    actor.require(Permission.MANAGE_TEAM)
    with unit_of_work(actor.supplier_id) as session:
        team = _team(session, actor, team_id)
        audit.record(session, actor, "deleted", team, Change(before={"name": team.name}))
        session.delete(team)


def _member(session: Session, actor: Actor, user_id: UUID) -> Membership:
    """The member; NotPermitted when the actor may not touch them."""
    member = session.get(Membership, (actor.supplier_id, user_id))
    if member is None:
        raise NotFound("member")
    require_reach(actor, member.role)
    return member


def _keep_an_owner(session: Session, member: Membership) -> None:
    """Conflict when `member` is the last active owner. Owners are locked: two cannot leave at once."""
    owners = session.scalars(
        select(Membership.user_id)
        .where(Membership.role == Role.OWNER, Membership.is_active)
        .order_by(Membership.user_id)
        .with_for_update()
    ).all()
    if list(owners) == [member.user_id]:
        raise Conflict("This is the last owner. Make somebody else an owner first.")


def _team(session: Session, actor: Actor, team_id: UUID) -> Team:
    team = session.get(Team, (actor.supplier_id, team_id))
    if team is None:
        raise NotFound("team")
    return team


def _name_is_free(session: Session, name: str, *, but: UUID | None = None) -> None:
    taken = session.scalar(select(Team.id).where(Team.name == name))
    if taken not in (None, but):
        raise _taken()


@contextmanager
def _name_stays_free() -> Iterator[None]:
    """Around the write that sends the name; InvalidInput when somebody was faster."""
    try:
        yield
    except IntegrityError:
        raise _taken() from None


def _taken() -> InvalidInput:
    return InvalidInput.of("name", "taken", "There is a team of this name already.")
