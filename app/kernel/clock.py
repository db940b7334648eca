"""The one place that asks what time it is. Pure code takes `now`; shells call `now()`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_fixed: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _fixed.get() or datetime.now(UTC)


@contextmanager
def at(instant: datetime) -> Iterator[datetime]:
    """Hold the clock at `instant` (aware) while the block runs; for tests and dry runs."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    token = _fixed.set(instant.astimezone(UTC))
    try:
        yield instant
    finally:
        _fixed.reset(token)
