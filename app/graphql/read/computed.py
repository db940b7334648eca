"""Fields computed in Python, filled into what the statement brought.

Where such a field was selected the statement put an object of the columns it needs. Each is given to
the field's own resolver, which graphql-core runs and completes like any other.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from graphql.execution.executor import Executor
from graphql.pyutils import Path

from app.graphql.read.fields import Computed
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
    needed = _read(_kinds(child), value[child.key])
    value[child.key] = executor.execute_field(child.parent, needed, child.details, path, None)


def _kinds(child: Selected) -> Mapping[str, type]:
    """The Python types of what a computed field needs; asked once for each field of a selection."""
    assert isinstance(child.read, Computed)
    if not child.kinds:
        model: Any = origin_of(child.parent).__model__  # type: ignore[attr-defined]
        needed: dict[str, Any] = {name: model.__table__.c[name] for name in child.read.needs}
        needed |= {name: derived.sql(model) for name, derived in child.read.derived.items()}
        child.kinds = {name: column.type.python_type for name, column in needed.items()}
    return child.kinds


def _read(kinds: Mapping[str, type], needed: dict[str, Any]) -> SimpleNamespace:
    """The values as the model has them."""
    return SimpleNamespace(**{name: _as(kinds[name], value) for name, value in needed.items()})


def _as(kind: type, value: Any) -> Any:
    if value is None:
        return None
    if issubclass(kind, Enum):
        return kind(value)
    return _READERS[kind](value) if kind in _READERS else value
