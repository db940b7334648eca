"""Pages by number, for lists whose readers ask for them so.

A numbered page skips the rows before it. They are skipped by id alone, so that only the rows of the page
itself are read whole, and no further than `DEEPEST`: behind that, keyset cursors (`keyset.py`) go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.elements import UnaryExpression

from app.kernel.db import TenantRow
from app.kernel.errors import InvalidInput

T = TypeVar("T", bound=TenantRow)
DEEPEST = 100_000
"""The last row that a numbered page may show."""


@dataclass(frozen=True)
class Place:
    """Which page, from 1, and how many rows a page has."""

    page: int
    limit: int

    @property
    def offset(self) -> int:
        """The rows before it; InvalidInput when the page would end behind the deepest row."""
        if self.page * self.limit > DEEPEST:
            raise InvalidInput.of(
                "page",
                "too_deep",
                f"Page {self.page} ends behind row {DEEPEST:,}, as far as numbered pages go. "
                "Narrow the list, or walk it with the cursors of the GraphQL API.",
            )
        return (self.page - 1) * self.limit


@dataclass(frozen=True)
class Numbered(Generic[T]):
    """The rows of a page and how many there are on all pages."""

    rows: Sequence[T]
    total: int


@dataclass(frozen=True)
class Choice(Generic[T]):
    """Rows of one table: which, and in what order. The order is total: it ends with the id."""

    model: type[T]
    criteria: Sequence[ColumnElement[bool]]
    order: Sequence[UnaryExpression[Any]]


def rows(session: Session, chosen: Choice[T], place: Place) -> Sequence[T]:
    """A page of the choice, in one statement."""
    id: InstrumentedAttribute[UUID] = chosen.model.id
    skipping = select(id).where(*chosen.criteria).order_by(*chosen.order)
    page = skipping.offset(place.offset).limit(place.limit)
    statement: Select[Any] = select(chosen.model).where(id.in_(page)).order_by(*chosen.order)
    return session.scalars(statement).all()


def numbered(session: Session, chosen: Choice[T], place: Place) -> Numbered[T]:
    """A page of the choice and the total, in two statements."""
    found = rows(session, chosen, place)
    count = select(func.count()).select_from(chosen.model).where(*chosen.criteria)
    return Numbered(found, session.execute(count).scalar_one())
