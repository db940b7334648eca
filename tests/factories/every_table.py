"""One row of every table for a supplier, made from the metadata: what a column must have, and no more."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Enum, Table
from uuid_utils.compat import uuid7

from app.kernel.db import Base

Values = dict[str, Any]
Rows = dict[str, Values]

BY_TYPE: dict[type, Callable[[], Any]] = {
    UUID: uuid7,
    str: lambda: uuid7().hex[-10:],
    bytes: lambda: uuid7().bytes,
    int: lambda: 1,
    float: lambda: 1.0,
    bool: lambda: False,
    Decimal: lambda: Decimal(1),
    datetime: lambda: datetime(2026, 1, 1, tzinfo=UTC),
    date: lambda: date(2026, 1, 1),
    time: lambda: time(9),
    list: list,
    object: dict,  # JSONB
}
CHECKED: dict[str, Values] = {
    "imports": {"state": "done"},
    "leads": {"primary_email": "couple@example.com"},
    "notices": {"kind": "digest", "day": date(2026, 1, 1)},
    "step_decisions": {"outcome": "done"},
    "step_variants": {"label": "B"},
    "suppliers": {"currency": "GBP"},
    "webhook_endpoints": {"direction": "inbound"},
}
"""What a CHECK of the table wants, and the metadata cannot tell."""


def rows_of(supplier_id: UUID) -> Rows:
    """A row of each table, in an order in which they can be inserted; they refer to each other."""
    made: Rows = {}
    for table in Base.metadata.sorted_tables:
        made[table.name] = _row(table, supplier_id, made)
    return made


def _row(table: Table, supplier_id: UUID, made: Rows) -> Values:
    row = {column.name: _value(column) for column in table.columns if _is_needed(column)}
    for key in table.foreign_key_constraints:
        target = made.get(key.referred_table.name)
        if target and all(column.name in row for column in key.columns):
            row |= {
                own.name: target[there.column.name]
                for own, there in zip(key.columns, key.elements, strict=True)
            }
    row["id" if table.name == "suppliers" else "supplier_id"] = supplier_id
    return {
        name: value for name, value in (row | CHECKED.get(table.name, {})).items() if name in table.columns
    }


def _is_needed(column: Column[Any]) -> bool:
    return column.primary_key or not (column.nullable or column.server_default or column.computed)


def _value(column: Column[Any]) -> Any:
    if isinstance(column.type, Enum):
        return column.type.enums[0]
    return BY_TYPE[column.type.python_type]()
