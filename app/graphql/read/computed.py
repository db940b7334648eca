"""Fields computed in Python, filled into what the statement brought.

Where such a field was selected the statement put an object of the columns it needs. Each is given to
the field's own resolver, which graphql-core runs and completes like any other.
"""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from graphql.execution.executor import Executor
from graphql.pyutils import Path

from app.graphql.read.selection import Kind, Selected, origin_of

_READERS: dict[type, Callable[[Any], Any]] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
    Decimal: lambda value: Decimal(str(value)),
}


def fill(executor: Executor[Any], selected: Selected, value: Any, path: Path) -> Any:
    """`value`, as JSON has it, with its computed fields resolved, at every depth."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            fill(executor, selected, item, Path(path, index, None))
    elif isinstance(value, dict):
        for child in selected.children:
            if child.needs_python:
                _fill_field(executor, child, value, Path(path, child.key, child.parent.name))
    return value


def _fill_field(executor: Executor[Any], child: Selected, value: dict[str, Any], path: Path) -> None:
    if child.kind is not Kind.COMPUTED:
        fill(executor, child, value[child.key], path)
        return
    needed = _read(origin_of(child.parent), value[child.key])
    value[child.key] = executor.execute_field(child.parent, needed, child.details, path, None)


def _read(cls: Any, needed: dict[str, Any]) -> SimpleNamespace:
    """The columns as the model has them."""
    columns = cls.__model__.__table__.c
    return SimpleNamespace(
        **{name: _as(columns[name].type.python_type, value) for name, value in needed.items()}
    )


def _as(kind: type, value: Any) -> Any:
    return value if value is None or kind not in _READERS else _READERS[kind](value)
