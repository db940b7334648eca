"""The audit log: who wrote what, with the values before and after. Append-only, in the writer's transaction.

Knows the table by name alone, so that every feature can record and none imports another. Values are
what a person may read later: never a password, a key, a token or their hashes.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import insert, inspect
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.db import Base
from app.kernel.observe import request_id

Values = Mapping[str, Any]


class Change(NamedTuple):
    """A row's telling values before and after; None where the row did not exist."""

    before: Values | None = None
    after: Values | None = None


NOTHING = Change()


def record(session: Session, actor: Actor, action: str, row: Base, change: Change = NOTHING) -> None:
    """Note `action` (a past participle, such as "revoked") on `row`, which is flushed to have its id."""
    session.flush()
    entry = {
        "supplier_id": actor.supplier_id,
        "actor_kind": actor.kind,
        "actor_id": actor.user_id or actor.key_id,
        "action": action,
        "table_name": row.__tablename__,
        "row_id": _id(row),
        "before": _plain(change.before),
        "after": _plain(change.after),
        "request_id": request_id() or None,
    }
    session.execute(insert(Base.metadata.tables["audit_log"]).values(entry))


def update(session: Session, actor: Actor, row: Base, values: Values, *, action: str = "updated") -> bool:
    """Set `values` on `row` and record those that differ; False, and nothing written, when none does."""
    before = {name: getattr(row, name) for name in values if getattr(row, name) != values[name]}
    if not before:
        return False
    after = {name: values[name] for name in before}
    for name, value in after.items():
        setattr(row, name, value)
    record(session, actor, action, row, Change(before, after))
    return True


def _id(row: Base) -> UUID:
    """The last column of its primary key: the first is the supplier, where there are two."""
    identity = inspect(row, raiseerr=True).identity
    if identity is None:
        raise ValueError("a row is recorded once it is flushed")
    found: UUID = identity[-1]
    return found


def _plain(values: Values | None) -> dict[str, Any] | None:
    return None if values is None else {name: _json(value) for name, value in values.items()}


def _json(value: Any) -> Any:
    """The value as JSON has it; money keeps its digits as text."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_json(item) for item in value]
    return value
