"""A request takes effect once: the answer to a key is kept for a day and given again.

After the draft "The Idempotency-Key HTTP Header Field" (draft-ietf-httpapi-idempotency-key-header). A row
is a claim first: until its answer is recorded, `expires_at` is when the claim runs out, so that a process
which dies in between blocks its key for some minutes and no longer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.kernel.actor import Actor
from app.kernel.errors import Conflict, InvalidInput
from app.kernel.uow import unit_of_work
from app.models.accounts import IdempotencyKey

KEPT = timedelta(hours=24)
LEASE = timedelta(minutes=5)
"""Longer than any request takes, 500 leads at once included."""
SWEPT = 100
"""Expired keys that a claim clears away on its way."""


@dataclass(frozen=True)
class Answer:
    """What was answered, as it goes out again."""

    status: int
    body: str
    headers: dict[str, str]


class Running(Conflict):
    """The first request with this key is still at work."""

    code = "IDEMPOTENCY_KEY_IN_USE"


class KeyReused(InvalidInput):
    """The key belongs to another request."""

    code = "IDEMPOTENCY_KEY_REUSED"


def claim(actor: Actor, key: str, fingerprint: bytes, now: datetime) -> UUID | Answer:
    """The claim's id for whoever asks first, who then records or releases it; else the answer that was given.

    Running while there is none yet, KeyReused when the request is another one. The unique index decides.
    """
    scope = _scope(actor)
    with unit_of_work(actor.supplier_id) as session:
        _sweep(session, now)
        mine: UUID | None = session.scalar(_claiming(actor.supplier_id, scope, key, fingerprint, now))
        if mine is not None:
            return mine
        theirs = session.scalars(
            select(IdempotencyKey).where(IdempotencyKey.scope == scope, IdempotencyKey.key == key)
        ).one_or_none()
        if theirs is not None and theirs.request_hash != fingerprint:
            raise KeyReused.of(
                "Idempotency-Key", "reused", "This key was used for another request; take a new one."
            )
        if theirs is None or theirs.response_status is None or theirs.response_body is None:
            raise Running("A request with this key is at work; ask again in a moment.", retry_after=1)
        return Answer(theirs.response_status, **theirs.response_body)


def record(actor: Actor, claimed: UUID, answer: Answer, now: datetime) -> None:
    """Keep the answer for a day; nothing if the claim ran out and another request has taken it over."""
    kept = {"body": answer.body, "headers": answer.headers}
    with unit_of_work(actor.supplier_id) as session:
        session.execute(
            update(IdempotencyKey)
            .where(IdempotencyKey.id == claimed)
            .values(response_status=answer.status, response_body=kept, expires_at=now + KEPT)
        )


def release(actor: Actor, claimed: UUID) -> None:
    """Forget the claim: the request may be sent again under its key."""
    with unit_of_work(actor.supplier_id) as session:
        session.execute(delete(IdempotencyKey).where(IdempotencyKey.id == claimed))


def _claiming(supplier_id: UUID, scope: str, key: str, fingerprint: bytes, now: datetime) -> Any:
    """The INSERT, which takes over a row that has expired; it returns nothing when the key is in force."""
    values = {
        "id": uuid7(),
        "request_hash": fingerprint,
        "response_status": None,
        "response_body": None,
        "created_at": now,
        "expires_at": now + LEASE,
    }
    statement = insert(IdempotencyKey).values(supplier_id=supplier_id, scope=scope, key=key, **values)
    return statement.on_conflict_do_update(
        index_elements=["supplier_id", "scope", "key"],
        set_={name: statement.excluded[name] for name in values},
        where=IdempotencyKey.expires_at <= now,
    ).returning(IdempotencyKey.id)


def _sweep(session: Session, now: datetime) -> None:
    """Clear away some of the supplier's expired keys, but those that another claim is at."""
    expired = select(IdempotencyKey.id).where(IdempotencyKey.expires_at <= now).limit(SWEPT)
    session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.id.in_(expired.with_for_update(skip_locked=True)))
    )


def _scope(actor: Actor) -> str:
    """Whose key it is: two people, or two programs, never meet in one."""
    return f"key:{actor.key_id}" if actor.key_id else f"user:{actor.user_id}"
