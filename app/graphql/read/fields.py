"""How a type says what its fields read.

@row(models.Lead)
class Lead:
    lead_score: int                                            # the column of that name
    source: LeadSource | None = one("lead_source_id")          # the row it refers to
    days_left: int | None = expression(lambda lead: ...)       # SQL over the row

    @many(Connection[Interaction], "lead_id")                  # rows that refer to it
    def interactions(first: int | None = None, after: str | None = None) -> Rows: ...

    @computed("lead_status", ends_at=lambda lead: ...)         # Python over columns, and SQL by a name
    def next_step(self) -> str | None: ...
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast, dataclass_transform

import strawberry
from sqlalchemy import ColumnElement, and_

from app.graphql.declare import docstring
from app.graphql.read.rows import Condition, Rows
from app.kernel.db import Base

READ = "read"
"""The key of a field's metadata under which it says what it reads."""
C = TypeVar("C", bound=type)
F = TypeVar("F", bound=Callable[..., Any])
Join = Callable[[Any, Any], Condition]


@dataclass(frozen=True)
class Expression:
    """SQL over the row of the type (None for a type without a table).

    It is compiled into plans that others use: no value of a request or of the moment, and its
    sub-selects correlate to the row.
    """

    sql: Callable[[Any], ColumnElement[Any]]


@dataclass(frozen=True)
class Relation:
    """Other rows, found by `join(row, other)`; `rows` names them when the field takes no arguments."""

    join: Join | None
    rows: Rows | None = None


@dataclass(frozen=True)
class Computed:
    """An ordinary resolver on a value with these columns, and with what these expressions give."""

    needs: tuple[str, ...]
    derived: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True)
class Totals:
    """An object of aggregates over the rows of a connection, all its pages."""


@dataclass(frozen=True)
class Told:
    """What the resolver of a connection says itself, in `Rows.told`."""


Read = Expression | Relation | Computed | Totals | Told


@dataclass_transform(kw_only_default=True)
def row(model: type[Base], *, name: str | None = None) -> Callable[[C], C]:
    """A GraphQL type whose plain fields are columns of `model`."""

    def declare(cls: C) -> C:
        cls.__model__ = model  # type: ignore[attr-defined]
        return strawberry.type(cls, name=name, description=docstring(cls))

    return declare


@dataclass_transform(kw_only_default=True)
def record(cls: C) -> C:
    """A GraphQL type without a table: each field says what it reads."""
    cls.__model__ = None  # type: ignore[attr-defined]
    return strawberry.type(cls, description=docstring(cls))


def expression(sql: Callable[[Any], Any], description: str | None = None, *, cost: int = 1) -> Any:
    return strawberry.field(metadata=_says(Expression(sql), cost), description=description)


def one(model: type[Base], refers_by: str | Join, description: str | None = None) -> Any:
    """The row of `model` that our column `refers_by` names, or that fulfils that join."""
    join = refers_by if callable(refers_by) else _parent(model, refers_by)
    return strawberry.field(metadata=_says(Relation(join, Rows(model))), description=description)


def many(graphql_type: Any, referred_by: str | Join | None) -> Callable[[F], F]:
    """A decorator for a function that names rows from its arguments alone (`self` is None there).

    Of those it reads the ones that refer to ours: `referred_by` is their column with our id, or a join;
    with None it reads them all.
    """
    join = _children(referred_by) if isinstance(referred_by, str) else referred_by

    def declare(resolver: F) -> F:
        about = docstring(resolver)
        made = strawberry.field(
            resolver, graphql_type=graphql_type, metadata=_says(Relation(join)), description=about
        )
        return cast(F, made)

    return declare


def totals(description: str | None = None) -> Any:
    """A field of a connection whose type is a record of aggregate expressions over the rows of all pages."""
    return strawberry.field(metadata=_says(Totals(), cost=100), description=description)


def told(description: str | None = None) -> Any:
    """A field of a connection that answers what `Rows.told` has under its name, as JSON."""
    return strawberry.field(metadata=_says(Told()), description=description)


def computed(*needs: str, cost: int = 1, **derived: Callable[[Any], Any]) -> Callable[[F], F]:
    """A decorator for a resolver whose `self` has the columns `needs` of the row, and under their names
    what the expressions `derived` give for it."""

    def declare(resolver: F) -> F:
        read = Computed(needs, {name: Expression(sql) for name, sql in derived.items()})
        metadata = _says(read, cost)
        return cast(F, strawberry.field(resolver, metadata=metadata, description=docstring(resolver)))

    return declare


def _says(read: Read, cost: int = 1) -> Mapping[str, Any]:
    return {READ: read, "cost": cost}


def _parent(model: type[Base], column: str) -> Join:
    target = "user_id" if model.__tablename__ == "memberships" else "id"

    def join(ours: Any, other: Any) -> Condition:
        return and_(other.supplier_id == ours.supplier_id, getattr(other, target) == getattr(ours, column))

    return join


def _children(column: str) -> Join:
    def join(ours: Any, other: Any) -> Condition:
        return and_(other.supplier_id == ours.supplier_id, getattr(other, column) == ours.id)

    return join
