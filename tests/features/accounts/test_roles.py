"""Every write of accounts asks the one table of roles; a refusal changes nothing."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts import invitations, keys, schemas, service, team
from app.kernel.actor import ROLE_TABLE, Actor, ActorKind, Permission, Role
from app.kernel.errors import AppError, NotPermitted
from app.kernel.uow import reading
from app.models.accounts import AuditEntry
from app.models.choices import Trade
from tests.cast import House

PROFILE = schemas.SupplierProfile(
    name="Renamed", trade=Trade.VENUE, timezone="Europe/Paris", currency="EUR", locale="fr-FR"
)
INVITATION = schemas.Invitation(email="new@example.com", role=Role.VIEWER)
KEY = schemas.NewApiKey(name="k", scopes=[Permission.READ])
SOMEBODY = UUID(int=7)

WRITES: dict[str, tuple[Permission, Callable[[Actor], object]]] = {
    "update_profile": (Permission.MANAGE_SUPPLIER, lambda actor: service.update_profile(actor, PROFILE)),
    "invite": (Permission.MANAGE_TEAM, lambda actor: invitations.invite(actor, INVITATION)),
    "change_role": (
        Permission.MANAGE_TEAM,
        lambda actor: team.change_role(actor, SOMEBODY, schemas.RoleChange(role=Role.VIEWER)),
    ),
    "deactivate": (Permission.MANAGE_TEAM, lambda actor: team.deactivate(actor, SOMEBODY)),
    "reactivate": (Permission.MANAGE_TEAM, lambda actor: team.reactivate(actor, SOMEBODY)),
    "set_availability": (
        Permission.MANAGE_TEAM,
        lambda actor: team.set_availability(actor, SOMEBODY, schemas.Availability()),
    ),
    "create_team": (
        Permission.MANAGE_TEAM,
        lambda actor: team.create_team(actor, schemas.TeamName(name="T")),
    ),
    "rename_team": (
        Permission.MANAGE_TEAM,
        lambda actor: team.rename_team(actor, SOMEBODY, schemas.TeamName(name="T")),
    ),
    "delete_team": (Permission.MANAGE_TEAM, lambda actor: team.delete_team(actor, SOMEBODY)),
    "create_api_key": (Permission.MANAGE_KEYS, lambda actor: keys.create_api_key(actor, KEY)),
    "revoke_api_key": (Permission.MANAGE_KEYS, lambda actor: keys.revoke_api_key(actor, SOMEBODY)),
}


def _written(house: House) -> int:
    with reading(house.supplier_id) as session:
        return (
            session.scalar(select(func.count()).where(AuditEntry.action != "opened").select_from(AuditEntry))
            or 0
        )


@pytest.mark.parametrize("write", WRITES)
def test_a_write_obeys_the_table(app: Flask, house: House, write: str) -> None:
    permission, attempt = WRITES[write]
    with app.app_context():
        for person in (house.owner, house.admin, house.member, house.viewer):
            before, refused = _written(house), _is_refused(attempt, person.actor)
            assert refused == (person.actor.role not in ROLE_TABLE[permission]), person.actor.role
            assert not refused or _written(house) == before


@pytest.mark.parametrize("write", WRITES)
def test_a_key_without_the_scope_may_not(app: Flask, house: House, write: str) -> None:
    permission, attempt = WRITES[write]
    scopes = frozenset(Permission) - {permission}
    key = Actor(ActorKind.API_KEY, house.supplier_id, Role.OWNER, key_id=SOMEBODY, scopes=scopes)
    with app.app_context():
        assert _is_refused(attempt, key)
        assert _written(house) == 0


def _is_refused(attempt: Callable[[Actor], object], actor: Actor) -> bool:
    try:
        attempt(actor)
    except NotPermitted:
        return True
    except AppError:
        return False  # permitted, and then stopped by what there is
    return False
