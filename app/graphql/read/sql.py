"""The building blocks of a read's SQL: rows at their place, and their JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Uuid, bindparam, func, literal_column, select

from app.graphql.read.adapt import Names, fit
from app.graphql.read.rows import Rows
from app.kernel.keyset import order_by

Scalar = ColumnElement[Any]
Around = tuple[Any, ...]
"""The aliases of the rows around a sub-select, outermost first."""
EMPTY_LIST: Scalar = literal_column("'[]'::json")
SUPPLIER = "supplier_id"
"""The parameter that carries the supplier whose rows are read."""


@dataclass(frozen=True)
class Place:
    """Rows at their place: their alias, what they must fulfil, the rows around them, the page's parameter,
    and the names of the values in the order."""

    rows: Rows
    row: Any
    where: tuple[ColumnElement[bool], ...]
    after: tuple[ColumnElement[bool], ...]
    around: Around
    first: str | None
    names: Names

    @property
    def within(self) -> Around:
        """What a sub-select of one of these rows reads."""
        return (*self.around, self.row) if self.row is not None else self.around

    @property
    def size(self) -> Scalar:
        return bindparam(self.first, self.rows.first, type_=Integer)

    def select(self, columns: Iterable[Scalar]) -> Select[Any]:
        """The columns of the rows, in order, after the cursor."""
        statement = within(select(*columns), self.around)
        if self.row is None:
            return statement
        statement = statement.select_from(self.row).where(*self.where, *self.after)
        if self.rows.order:
            by = order_by(self.rows.order)
            statement = statement.order_by(*(self.fit(key) for key in by))
        return statement

    def fit(self, expression: ColumnElement[Any]) -> ColumnElement[Any]:
        """An expression of the model, on these rows."""
        return fit(expression, self.row, self.names)


def of_the_supplier(row: Any) -> tuple[ColumnElement[bool], ...]:
    """What row level security demands of the row, said again with a value that the planner can see.

    While it plans, the setting that the policy reads is not made yet: it would take every supplier for
    nobody, expect one row, and then sort all of them.
    """
    column = getattr(row, SUPPLIER, None)
    return () if column is None else (column == bindparam(SUPPLIER, type_=Uuid()),)


def within(statement: Select[Any], around: Sequence[Any]) -> Select[Any]:
    """The statement, reading the rows around it rather than tables of its own."""
    return statement.correlate(*around) if around else statement


def as_object(statement: Select[Any], around: Around) -> Scalar:
    """The statement's one row as a JSON object; null without a row."""
    found = statement.subquery()
    return within(select(func.row_to_json(found.table_valued())), around).scalar_subquery()


def as_list(statement: Select[Any], around: Around) -> Scalar:
    """The statement's rows, in their order, as a JSON array."""
    found = statement.subquery()
    listed = func.coalesce(func.json_agg(func.row_to_json(found.table_valued())), EMPTY_LIST)
    return within(select(listed), around).scalar_subquery()


def typename(name: str) -> Scalar:
    return literal_column(f"'{name}'")
