"""Fetch one page of an ordered list by keyset: forwards after a cursor, backwards before one.

Nulls come last in either direction of the sort and the id breaks ties, as BEHAVIOUR §2 says. Row
comparison `(key, id) < (value, id)` is what PostgreSQL answers from an index, however deep the page. Of a
column that may be null the key puts infinity for null, and has an index of its own: a condition with OR
would be tried on every row from the first on. GREATEST and LEAST pass over null; PostgreSQL takes COALESCE
for something that might tell of other suppliers' rows, and looks nothing up by it under row level security.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Generic, TypeVar, TypeVarTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Integer, Select, func, literal, literal_column, tuple_
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
    `filled`: the column may be null, but is not in the rows of this list.
    """

    name: str
    column: InstrumentedAttribute[Any]
    id: InstrumentedAttribute[Any]
    descending: bool = True
    ranked: tuple[UUID, ...] | None = None
    filled: bool = False

    @cached_property
    def by(self) -> ColumnElement[Any]:
        """What is sorted by, as a cursor says it."""
        if self.ranked is None:
            return self.column.expression
        return func.array_position(literal(list(self.ranked), ARRAY(self.id.type)), self.id, type_=Integer)

    @cached_property
    def key(self) -> ColumnElement[Any]:
        """What rows are compared by: `by`, and for null what lies behind every value."""
        if not self.nullable:
            return self.by
        return func.greatest(self.by, self.last) if self.descending else func.least(self.by, self.last)

    @property
    def last(self) -> ColumnElement[Any]:
        """Spelled as the indexes spell it."""
        end = "-infinity" if self.descending else "infinity"
        kind = "timestamptz" if self.kind is datetime else "date"
        return literal_column(f"'{end}'::{kind}", self.column.type)

    @property
    def nullable(self) -> bool:
        return self.ranked is None and not self.filled and bool(self.column.property.columns[0].nullable)

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
    if cursor:
        statement = statement.where(beyond(order, position(order, cursor), backwards=backwards))
    ordered = statement.order_by(*order_by(order, backwards=backwards))
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


def order_by(order: Order, *, backwards: bool = False) -> list[UnaryExpression[Any]]:
    """The ORDER BY of the list, or of the list read backwards."""
    columns = (order.key, order.id)
    return [column.desc() if order.descending != backwards else column.asc() for column in columns]


def beyond(order: Order, at: Position, *, backwards: bool = False) -> ColumnElement[bool]:
    """Is the row past that position, in the order of the list or backwards?"""
    value = order.last if at.value is None else at.value
    row, point = tuple_(order.key, order.id), tuple_(value, at.id)
    return row < point if order.descending != backwards else row > point


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
