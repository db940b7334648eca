"""API keys: shown once, hashed, scoped, expiring, revocable, and never above their maker."""

from base64 import urlsafe_b64decode
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from uuid_utils.compat import uuid7

from app.accounts import keys, team
from app.accounts.access import current_actor
from app.accounts.schemas import NewApiKey, RoleChange
from app.kernel import clock, public_keys
from app.kernel.actor import Actor, ActorKind, Permission, Role
from app.kernel.errors import Conflict, InvalidInput, NotAuthenticated, NotFound, NotPermitted
from app.kernel.schema import validate
from app.kernel.uow import reading
from app.models.accounts import ApiKey
from tests.cast import House, Person

READ = frozenset({Permission.READ})


def _make(app: Flask, person: Person, *scopes: Permission, days: int | None = None) -> tuple[UUID, str]:
    data = NewApiKey(name="Zapier", scopes=list(scopes or READ), expires_in_days=days)
    with app.app_context():
        key, text = keys.create_api_key(person.actor, data)
        return key.id, text


def _actor(app: Flask, text: str) -> Actor:
    with app.test_request_context(headers={"Authorization": f"Bearer {text}"}):
        return current_actor()


def _row(app: Flask, person: Person, key_id: UUID) -> ApiKey:
    with app.app_context(), reading(person.actor.supplier_id) as session:
        row = session.scalars(select(ApiKey).where(ApiKey.id == key_id)).one()
        session.expunge(row)
        return row


def test_a_key_acts_for_its_supplier_within_its_scopes(app: Flask, house: House) -> None:
    key_id, text = _make(app, house.owner, Permission.READ, Permission.WRITE_LEADS)
    actor = _actor(app, text)
    assert actor.kind is ActorKind.API_KEY
    assert (actor.supplier_id, actor.key_id, actor.role) == (house.supplier_id, key_id, Role.OWNER)
    assert actor.may(Permission.WRITE_LEADS)
    assert not actor.may(Permission.MANAGE_TEAM)
    with pytest.raises(NotPermitted, match="API key may not erase"):
        actor.require(Permission.ERASE)


def test_only_a_hash_of_the_key_is_kept(app: Flask, house: House) -> None:
    key_id, text = _make(app, house.owner)
    row = _row(app, house.owner, key_id)
    assert text.startswith("wsl_")
    assert len(row.key_hash) == 32
    assert text not in f"{row.prefix} {row.key_hash!r}"
    assert row.prefix.endswith(text[-4:])


def test_an_expired_key_is_nobody(app: Flask, house: House) -> None:
    _, text = _make(app, house.owner, days=30)
    with clock.at(clock.now() + timedelta(days=29)):
        assert _actor(app, text).supplier_id == house.supplier_id
    with clock.at(clock.now() + timedelta(days=30, seconds=1)), pytest.raises(NotAuthenticated):
        _actor(app, text)


def test_a_revoked_key_is_nobody(app: Flask, house: House) -> None:
    key_id, text = _make(app, house.owner)
    with app.app_context():
        keys.revoke_api_key(house.admin.actor, key_id)
    with pytest.raises(NotAuthenticated):
        _actor(app, text)


@pytest.mark.parametrize(
    "header",
    [
        "Bearer ",
        "Bearer wsl_",
        "Bearer wsl_%%%",
        "Bearer wsl_ümlaut",
        "Basic b3duZXI6cGFzcw==",
        "wsl_abc",
        "Bearer x.y.z",
    ],
)
def test_what_is_no_key_is_nobody(app: Flask, header: str) -> None:
    with app.test_request_context(headers={"Authorization": header}), pytest.raises(NotAuthenticated):
        current_actor()


def test_a_made_up_key_of_a_real_supplier_is_nobody(app: Flask, house: House) -> None:
    with pytest.raises(NotAuthenticated):
        _actor(app, "wsl_" + public_keys.make(house.supplier_id, random_bytes=32))


def test_a_key_moved_to_another_supplier_is_nobody(app: Flask, house: House) -> None:
    _, text = _make(app, house.owner)
    secret = urlsafe_b64decode(text.removeprefix("wsl_") + "=")[16:]
    moved = (
        public_keys.urlsafe_b64encode(house.stranger.actor.supplier_id.bytes + secret).decode().rstrip("=")
    )
    with pytest.raises(NotAuthenticated):
        _actor(app, "wsl_" + moved)


def test_use_is_noted_once_a_minute_at_most(app: Flask, house: House) -> None:
    key_id, text = _make(app, house.owner)
    start = clock.now()
    for seconds in (0, 30, 61):
        with clock.at(start + timedelta(seconds=seconds)):
            _actor(app, text)
        noted = 61 if seconds == 61 else 0
        assert _row(app, house.owner, key_id).last_used_at == start + timedelta(seconds=noted)


def test_a_key_follows_its_maker_down(app: Flask, house: House) -> None:
    _, text = _make(app, house.admin, Permission.READ, Permission.MANAGE_TEAM)
    with app.app_context():
        team.change_role(house.owner.actor, house.admin.user_id, RoleChange(role=Role.VIEWER))
    actor = _actor(app, text)
    assert actor.may(Permission.READ)
    assert not actor.may(Permission.MANAGE_TEAM)
    with app.app_context():
        team.deactivate(house.owner.actor, house.admin.user_id)
    with pytest.raises(NotAuthenticated):
        _actor(app, text)


def test_a_key_may_not_do_what_its_maker_may_not(app: Flask, house: House) -> None:
    with pytest.raises(InvalidInput) as refused:
        _make(app, house.admin, Permission.READ, Permission.ERASE)
    assert refused.value.fields[0].field == "scopes"


def test_keys_do_not_make_keys(app: Flask, house: House) -> None:
    _, text = _make(app, house.owner, Permission.MANAGE_KEYS)
    actor = _actor(app, text)
    with app.app_context(), pytest.raises(NotPermitted):
        keys.create_api_key(actor, NewApiKey(name="child", scopes=[Permission.MANAGE_KEYS]))


def test_a_strangers_key_is_as_unknown_as_none(app: Flask, house: House) -> None:
    key_id, text = _make(app, house.owner)
    for unknown in (key_id, uuid7()):
        with app.app_context(), pytest.raises(NotFound, match=r"^No API key with this id\.$"):
            keys.revoke_api_key(house.stranger.actor, unknown)
    assert _actor(app, text).supplier_id == house.supplier_id


def test_there_is_a_bound_to_keys(app: Flask, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MOST", 2)
    _make(app, house.owner)
    _make(app, house.owner)
    with pytest.raises(Conflict, match="2 API keys"):
        _make(app, house.owner)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": "x" * 101, "scopes": ["read"]}, "name"),
        ({"scopes": ["read"]}, "name"),
        ({"name": "k", "scopes": []}, "scopes"),
        ({"name": "k", "scopes": ["everything"]}, "scopes.0"),
        ({"name": "k", "scopes": ["read"], "expires_in_days": 0}, "expires_in_days"),
        ({"name": "k", "scopes": ["read"], "expires_in_days": 3651}, "expires_in_days"),
        ({"name": "k", "scopes": ["read"], "role": "owner"}, "role"),
    ],
)
def test_bad_input_names_its_field(data: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        validate(NewApiKey, data)
    assert [problem.field for problem in refused.value.fields] == [field]
