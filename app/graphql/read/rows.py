"""What a read resolver returns: the name of some rows, not the rows.

    return Rows(models.Lead, where=(models.Lead.id == id,))

The executor turns the name, with the selection set below it, into one statement (`compiler`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import BindParameter, ColumnElement, and_

from app.kernel.db import Base
from app.kernel.keyset import Order, beyond, position
from app.kernel.paging import MOST, page_size

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Rows:
    """Rows of `model` that fulfil `where`, which row level security narrows to the supplier's own.

    `after` is the keyset condition of the page, apart from `where` because counts leave it out.
    Without a model it names one row that is made of other reads alone.
    """

    model: type[Base] | None = None
    where: tuple[Condition, ...] = ()
    order: Order | None = None
    first: int | None = None
    after: Condition | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    """What the connection's `told` fields answer, by their Python names; of a resolver, not of a relation."""
    standing: bool = False
    """Do the arguments alone name these rows, whoever asks and whenever, and stay ids in them as they are?"""


@dataclass(frozen=True)
class Shape:
    """Rows without their values: two with the same shape are read by the same statement."""

    key: tuple[Any, ...]
    binds: tuple[BindParameter[Any], ...]

    @property
    def values(self) -> list[Any]:
        return [bind.effective_value for bind in self.binds]


def top(order: Order, first: int | None, *where: Condition, most: int = MOST) -> Rows:
    """The first rows of a plain list: at most `first`, from 1 to `most`, which it is when it is null."""
    return Rows(_model(order), where, order, page_size(first, default=most, most=most))


def page(order: Order, first: int | None, after: str | None, *where: Condition) -> Rows:
    """A page of a connection: at most `first` rows, 25 when it is null, after the cursor."""
    size = page_size(first)
    past = beyond(order, position(order, after)) if after else None
    return Rows(_model(order), where, order, size, past)


def _model(order: Order) -> type[Base]:
    return cast(type[Base], order.column.class_)


def shape(rows: Rows) -> Shape:
    """The statement's identity and, in its order, the values bound in it."""
    where, binds = _key(and_(True, *rows.where))
    after, more = _key(rows.after) if rows.after is not None else (None, ())
    by, ranks = (
        _key(rows.order.by) if rows.order is not None and rows.order.ranked is not None else (None, ())
    )
    order = (rows.order.name, rows.order.descending, by) if rows.order else None
    return Shape((rows.model, where, after, order, rows.first is None), (*binds, *more, *ranks))


def _key(condition: ColumnElement[Any]) -> tuple[Any, tuple[BindParameter[Any], ...]]:
    found = condition._generate_cache_key()
    if found is None:
        raise TypeError(f"this criterion has no stable shape: {condition}")
    return found.key, tuple(found.bindparams)
