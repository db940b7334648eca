"""Who is behind a sign-in token or an API key: one statement each.

They run on the AUTOCOMMIT engine, so a request pays one round trip, and the statement names its own
user or supplier to row level security; what it looks for is only then evaluated.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from app.kernel.actor import Role
from app.kernel.db import db
from app.kernel.reads import fetch_json, fetch_row


@dataclass(frozen=True)
class SignedIn:
    """A signed-in person at work for one supplier, in one browser."""

    session_id: UUID
    user_id: UUID
    supplier_id: UUID
    role: Role
    email: str
    full_name: str
    last_seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class KeyHolder:
    """A live API key; ``has_maker` and no `maker_role`: its maker has left."""

    key_id: UUID
    role: Role
    scopes: list[str]
    expires_at: datetime | None
    last_used_at: datetime | None
    has_maker: bool
    maker_role: Role | None


_SignedIn, _KeyHolder, _Places = TypeAdapter(SignedIn), TypeAdapter(KeyHolder), TypeAdapter(list[UUID])

_SIGNED_IN = """
    select (
        select json_build_object(
            'session_id', s.id, 'user_id', u.id, 'supplier_id', m.supplier_id, 'role', m.role,
            'email', u.email, 'full_name', u.full_name,
            'last_seen_at', s.last_seen_at, 'expires_at', s.expires_at)
        from sessions s
        join users u on u.id = s.user_id and u.active and u.fs_uniquifier = $2
        join memberships m on m.user_id = u.id and m.supplier_id = s.supplier_id and m.is_active
        where s.token_hash = $3)
    from (select set_config('app.user_id', $1::text, true) offset 0) as who
"""

_KEY_HOLDER = """
    select (
        select json_build_object(
            'key_id', k.id, 'role', k.role, 'scopes', k.scopes,
            'expires_at', k.expires_at, 'last_used_at', k.last_used_at,
            'has_maker', k.created_by_user_id is not null, 'maker_role', m.role)
        from api_keys k
        left join memberships m
            on m.supplier_id = k.supplier_id and m.user_id = k.created_by_user_id and m.is_active
        where k.supplier_id = cast($1::text as uuid) and k.key_hash = $2 and k.revoked_at is null)
    from (select set_config('app.supplier_id', $1::text, true) offset 0) as who
"""

_BESIDE = """
    select holder, case when holder is not null then ({read}) end
    from ({holder} offset 0) as found (holder)
"""

_PLACES = """
    select (
        select json_agg(supplier_id order by created_at, supplier_id)
        from memberships where user_id = cast($1::text as uuid) and is_active)
    from (select set_config('app.user_id', $1::text, true) offset 0) as who
"""


def beside_holder(read: str, values: int) -> str:
    """The statement whose one value is JSON, of so many values, answered to holders of a live key alone.

    Its row is the key's holder and that JSON; two more values, the supplier's id and the key's hash, come
    last. A sub-select in a branch runs only when the branch is taken.
    """
    holder = _KEY_HOLDER.replace("$1", f"${values + 1}").replace("$2", f"${values + 2}")
    return _BESIDE.format(read=read, holder=holder)


def digest(secret: str) -> bytes:
    """What we keep of a secret: SHA-256, enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).digest()


def signed_in(token: str, user_id: UUID, uniquifier: str) -> SignedIn | None:
    """Who holds that sign-in; None when it was revoked, or the person or their place is not active."""
    found = fetch_json(db.engines["reads"], _SIGNED_IN, [str(user_id), uniquifier, digest(token)])
    return _SignedIn.validate_json(found) if found else None


def key_holder(key: str, supplier_id: UUID) -> KeyHolder | None:
    """The key's row; None when there is no such key or it was revoked."""
    found = fetch_json(db.engines["reads"], _KEY_HOLDER, [str(supplier_id), digest(key)])
    return _holder(found) if found else None


def key_holder_reading(
    key: str, supplier_id: UUID, read: str, values: list[Any]
) -> tuple[KeyHolder | None, bytes | None]:
    """The key's row, and what `read`, made by `beside_holder`, answers with these values."""
    given = [*values, str(supplier_id), digest(key)]
    holder, found = fetch_row(db.engines["standing"], read, given) or (None, None)
    return _holder(holder) if holder else None, found


@lru_cache(maxsize=256)
def _holder(found: bytes) -> KeyHolder:
    """The same key's row reads the same until it is used or changed."""
    return _KeyHolder.validate_json(found)


def places(user_id: UUID) -> list[UUID]:
    """The suppliers that person works for, the longest first."""
    return _Places.validate_json(fetch_json(db.engines["reads"], _PLACES, [str(user_id)]) or b"[]")
