"""Listening to what is sent to the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


@contextmanager
def listening(counts: Callable[[str], bool] = lambda _: True) -> Iterator[list[str]]:
    """`with listening() as sent:` gathers every statement of every engine, the look-up of who asks too; with
    `counts` only those that count."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if counts(statement):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
