"""Totals that many rows share: what a sequence's enrollments and a source's leads add up to.

`add(total, row_id, part)` notes a part in the running unit of work. The unit of work moves each row once, as
the last it does and in one order: two changes at once wait for each other for that moment only, and never in
a circle.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol, Self
from uuid import UUID

from sqlalchemy.orm import Session


class Part(Protocol):
    """What one change adds to a row's totals."""

    def plus(self, other: Self) -> Self: ...


@dataclass(frozen=True)
class Total:
    """One table's totals, and the UPDATE that adds a part to those of one row."""

    table: str
    move: Callable[[Session, UUID, Any], None]


Parts = dict[tuple[str, UUID], tuple[Total, Any]]
"""By table and row."""

_parts: ContextVar[Parts | None] = ContextVar("parts", default=None)


def add(total: Total, row_id: UUID, part: Part) -> None:
    """Note that the row's totals move by that, inside a unit of work."""
    parts = _parts.get()
    if parts is None:
        raise RuntimeError("totals move inside a unit of work")
    key = (total.table, row_id)
    parts[key] = (total, parts[key][1].plus(part) if key in parts else part)


@contextmanager
def collect() -> Iterator[Parts]:
    """Gather what is added inside the block; for the unit of work alone."""
    parts: Parts = {}
    token = _parts.set(parts)
    try:
        yield parts
    finally:
        _parts.reset(token)


def move(session: Session, parts: Parts) -> None:
    """Move the rows, ordered by table and id; for the unit of work alone."""
    if parts:
        session.flush()
    for key in sorted(parts):
        total, part = parts[key]
        total.move(session, key[1], part)
