"""Whose rows a transaction sees. PostgreSQL decides, by row level security; this only says who asks.

`acting_for(supplier_id)` names the supplier for the block; every transaction that begins inside it
starts with `set_config('app.supplier_id', …, is_local => true)`, so the setting ends with it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session, SessionTransaction

from app.kernel.db import NO_SUPPLIER

_supplier: ContextVar[UUID] = ContextVar("supplier", default=NO_SUPPLIER)
_user: ContextVar[UUID] = ContextVar("user", default=NO_SUPPLIER)

_SET = text("select set_config('app.supplier_id', :supplier, true), set_config('app.user_id', :user, true)")


def supplier_id() -> UUID:
    """The supplier in force; the nil UUID, which owns nothing, when there is none."""
    return _supplier.get()


def user_id() -> UUID:
    return _user.get()


@contextmanager
def acting_for(supplier: UUID | None = None, user: UUID | None = None) -> Iterator[None]:
    """Show the rows of `supplier` (and the memberships of `user`) to transactions that begin inside."""
    supplier_token = _supplier.set(supplier or NO_SUPPLIER)
    user_token = _user.set(user or NO_SUPPLIER)
    try:
        yield
    finally:
        _supplier.reset(supplier_token)
        _user.reset(user_token)


@event.listens_for(Session, "after_begin")
def _say_who_asks(_session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if not transaction.nested:
        connection.execute(_SET, {"supplier": str(_supplier.get()), "user": str(_user.get())})
