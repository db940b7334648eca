"""Fetch one page of an ordered list by keyset: forwards after a cursor, backwards before one.

Nulls come last in either direction of the sort and the id breaks ties, as BEHAVIOUR §2 says. Row
comparison `(column, id) < (value, id)` is what PostgreSQL answers from the index; the OR form is only
for columns that may be null.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Generic, TypeVar, TypeVarTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Integer, Select, and_, func, literal, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.elements import UnaryExpression

from app.kernel.errors import InvalidInput
from app.kernel.paging import Position, decode, encode

T = TypeVar("T", bound=tuple[Any, ...])
Ts = TypeVarTuple("Ts")
MOST_INT = 2**31 - 1


@dataclass(frozen=True)
class Order:
    """A sort of a table: its name in cursors, the column, the id that breaks ties, the direction.

    With `ranked`, rows stand as their ids do there (all of them must be in it), whatever the column.
    """

    name: str
    column: InstrumentedAttribute[Any]
    id: InstrumentedAttribute[Any]
    descending: bool = True
    ranked: tuple[UUID, ...] | None = None

    @cached_property
    def by(self) -> ColumnElement[Any]:
        """What is sorted by."""
        if self.ranked is None:
            return self.column.expression
        return func.array_position(literal(list(self.ranked), ARRAY(self.id.type)), self.id, type_=Integer)

    @property
    def nullable(self) -> bool:
        return self.ranked is None and bool(self.column.property.columns[0].nullable)

    @property
    def kind(self) -> type[Any]:
        """The Python type of what is sorted by."""
        found: type[Any] = self.column.property.columns[0].type.python_type
        return found if self.ranked is None else int

    def value(self, row: Any) -> Any:
        """What a fetched row is sorted by."""
        row_id = getattr(row, self.id.key)
        return getattr(row, self.column.key) if self.ranked is None else self.ranked.index(row_id) + 1


@dataclass(frozen=True)
class Cut:
    """Which page: at most `size` rows after one cursor, or before one; neither is the first page."""

    size: int = 25
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows in the order of the list, and the cursors of the pages beside it; None where there is none."""

    rows: list[T]
    next: str | None
    previous: str | None


def fetch(session: Session, statement: Select[*Ts], order: Order, cut: Cut) -> Page[tuple[*Ts]]:
    """That page of `statement`, whose first column is the entity of `order`.

    InvalidInput for a cursor that is not one of this list and sort.
    """
    backwards = cut.before is not None and cut.after is None
    cursor = cut.before if backwards else cut.after
    descending = order.descending != backwards
    if cursor:
        at = position(order, cursor)
        statement = statement.where(beyond(order, at, descending, nulls_last=not backwards))
    ordered = statement.order_by(*order_by(order, descending, nulls_last=not backwards))
    rows: list[tuple[*Ts]] = [*session.execute(ordered.limit(cut.size + 1))]
    more, rows = len(rows) > cut.size, rows[: cut.size]
    if backwards:
        rows.reverse()
    has_next, has_previous = (bool(cursor), more) if backwards else (more, bool(cursor))
    return Page(
        rows,
        _cursor(order, rows[-1]) if rows and has_next else None,
        _cursor(order, rows[0]) if rows and has_previous else None,
    )


def order_by(order: Order, descending: bool, *, nulls_last: bool) -> list[UnaryExpression[Any]]:
    """The ORDER BY of the list, in either direction."""
    by = order.by.desc() if descending else order.by.asc()
    if order.nullable:
        by = by.nulls_last() if nulls_last else by.nulls_first()
    return [by, order.id.desc() if descending else order.id.asc()]


def beyond(order: Order, at: Position, descending: bool, *, nulls_last: bool) -> ColumnElement[bool]:
    """Is the row past that position, in the order of the list?"""
    id_beyond = order.id < at.id if descending else order.id > at.id
    if at.value is None:
        among_nulls = and_(order.by.is_(None), id_beyond)
        return among_nulls if nulls_last else or_(among_nulls, order.by.is_not(None))
    row, point = tuple_(order.by, order.id), tuple_(at.value, at.id)
    past = row < point if descending else row > point
    return or_(past, order.by.is_(None)) if order.nullable and nulls_last else past


def _cursor(order: Order, row: tuple[Any, ...]) -> str:
    value = order.value(row[0])
    plain = value.isoformat() if isinstance(value, date) else value
    return encode(Position(order.name, plain, getattr(row[0], order.id.key)))


def position(order: Order, cursor: str) -> Position:
    """The cursor with its value as the column has it; InvalidInput when it is not one of this list."""
    at = decode(cursor, order.name)
    try:
        return Position(at.sort, _read(order.kind, at.value), at.id)
    except (TypeError, ValueError):
        raise InvalidInput.of("after", "bad_cursor", "'after' is not a cursor of this list.") from None


def _read(kind: type[Any], value: Any) -> Any:
    if value is None:
        return None
    if kind is datetime:
        return _aware(datetime.fromisoformat(value))
    if kind is date:
        return date.fromisoformat(value)
    if not isinstance(value, kind) or (isinstance(value, int) and abs(value) > MOST_INT):
        raise ValueError("not a value of that column")
    return value


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return at
