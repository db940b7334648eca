"""Distinct values by hops along an index: a probe for each value, however many rows have it.

PostgreSQL has no such scan of its own (its wiki calls it "loose index scan").
"""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, literal, select
from sqlalchemy.orm import InstrumentedAttribute


def distinct(column: InstrumentedAttribute[Any], after: Any, *where: ColumnElement[bool]) -> Select[Any]:
    """The values of `column` greater than `after` that some row of `where` has, in order.

    Fast only with an index that begins with `column` and serves `where`.
    """

    def beyond(one: Any) -> ScalarSelect[Any]:
        following = select(column).where(*where, column > one)
        return following.order_by(column).limit(1).scalar_subquery()

    walk = select(beyond(literal(after)).label("value")).cte("walk", recursive=True)
    walk = walk.union_all(select(beyond(walk.c.value)).where(walk.c.value.is_not(None)))
    return select(walk.c.value).where(walk.c.value.is_not(None))
