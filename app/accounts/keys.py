"""API keys: `wsl_` and a key that names its supplier and 256 random bits. Shown once; we keep the SHA-256.

A key never outranks the person who made it: demote or deactivate them and it follows.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.lookup import KeyHolder, digest, key_holder, key_holder_reading
from app.accounts.schemas import NewApiKey
from app.kernel import audit, clock, jobs, public_keys
from app.kernel.actor import Actor, ActorKind, Permission, Role
from app.kernel.audit import Change
from app.kernel.errors import Conflict, InvalidInput, NotAuthenticated, NotFound, NotPermitted
from app.kernel.uow import unit_of_work
from app.models.accounts import ApiKey

PREFIX = "wsl_"
RANDOM_BYTES = 32
SHOWN = 4
"""How many characters after the supplier's part tell keys apart."""
USED_EVERY = timedelta(minutes=1)
MOST = 50
"""Live keys of one supplier."""
RANK = list(Role)


def create_api_key(actor: Actor, data: NewApiKey) -> tuple[ApiKey, str]:
    """A new key and its text, which is never to be had again. Only people make keys."""
    actor.require(Permission.MANAGE_KEYS)
    if actor.kind is not ActorKind.USER or actor.role is None:
        raise NotPermitted("API keys are made by people, not by keys.")
    _within_reach(actor, data.scopes)
    text = PREFIX + public_keys.make(actor.supplier_id, random_bytes=RANDOM_BYTES)
    with unit_of_work(actor.supplier_id) as session:
        if len(live(session)) >= MOST:
            raise Conflict(f"There are {MOST} API keys already; revoke one first.")
        key = _row(actor, data, text)
        session.add(key)
        audit.record(session, actor, "created", key, Change(after=_told(key)))
        session.expunge(key)
    return key, text


def revoke_api_key(actor: Actor, key_id: UUID) -> None:
    """From now on the key opens nothing; NotFound when it is unknown or was revoked."""
    actor.require(Permission.MANAGE_KEYS)
    with unit_of_work(actor.supplier_id) as session:
        key = session.get(ApiKey, (actor.supplier_id, key_id))
        if key is None or key.revoked_at:
            raise NotFound("API key")
        audit.update(session, actor, key, {"revoked_at": clock.now()}, action="revoked")


def live(session: Session) -> Sequence[ApiKey]:
    """The supplier's keys that are not revoked, the newest first."""
    return session.scalars(
        select(ApiKey)
        .where(ApiKey.revoked_at.is_(None))
        .order_by(ApiKey.created_at.desc(), ApiKey.id)
        .limit(MOST)
    ).all()


def authenticate(text: str, now: datetime) -> Actor:
    """The actor behind a key; NotAuthenticated when it is unknown, revoked or expired, or its maker left."""
    supplier_id = _supplier_of(text)
    return _actor(key_holder(text, supplier_id), supplier_id, now)


def authenticate_reading(
    text: str, now: datetime, read: str, values: Callable[[UUID], list[Any]]
) -> tuple[Actor, bytes | None]:
    """As `authenticate`, and in the same statement what `read` (see `lookup.beside_holder`) answers.

    `values` are those it takes for a supplier. Whether the actor may read is for the caller to ask.
    """
    supplier_id = _supplier_of(text)
    holder, found = key_holder_reading(text, supplier_id, read, values(supplier_id))
    return _actor(holder, supplier_id, now), found


def _actor(holder: KeyHolder | None, supplier_id: UUID, now: datetime) -> Actor:
    if holder is None or (holder.expires_at and holder.expires_at <= now) or _orphaned(holder):
        raise NotAuthenticated("This API key is unknown, expired or revoked.")
    _touch(holder, supplier_id, now)
    scopes = frozenset(scope for scope in Permission if scope in holder.scopes)
    return Actor(ActorKind.API_KEY, supplier_id, _role(holder), key_id=holder.key_id, scopes=scopes)


def _within_reach(actor: Actor, scopes: list[Permission]) -> None:
    beyond = [scope for scope in scopes if not actor.may(scope)]
    if beyond:
        raise InvalidInput.of(
            "scopes", "beyond_role", f"Your role may not {beyond[0].replace('_', ' ')} itself."
        )


def _row(actor: Actor, data: NewApiKey, text: str) -> ApiKey:
    now = clock.now()
    return ApiKey(
        supplier_id=actor.supplier_id,
        name=data.name,
        prefix=PREFIX + "…" + text[-SHOWN:],
        key_hash=digest(text),
        role=actor.role,
        scopes=sorted(set(data.scopes)),
        created_by_user_id=actor.user_id,
        expires_at=now + timedelta(days=data.expires_in_days) if data.expires_in_days else None,
        created_at=now,
    )


def _told(key: ApiKey) -> dict[str, object]:
    return {"name": key.name, "scopes": key.scopes, "role": key.role, "expires_at": key.expires_at}


def _supplier_of(text: str) -> UUID:
    try:
        if not text.startswith(PREFIX):
            raise NotFound("API key")
        return public_keys.supplier_of(text.removeprefix(PREFIX), random_bytes=RANDOM_BYTES)
    except NotFound:
        raise NotAuthenticated("This API key is unknown, expired or revoked.") from None


def _orphaned(holder: KeyHolder) -> bool:
    return holder.has_maker and holder.maker_role is None


def _role(holder: KeyHolder) -> Role:
    return max(holder.role, holder.maker_role or holder.role, key=RANK.index)


def _touch(holder: KeyHolder, supplier_id: UUID, now: datetime) -> None:
    if (holder.last_used_at and now < holder.last_used_at + USED_EVERY) or jobs.collecting():
        return
    with unit_of_work(supplier_id) as session:
        session.execute(update(ApiKey).where(ApiKey.id == holder.key_id).values(last_used_at=now))
