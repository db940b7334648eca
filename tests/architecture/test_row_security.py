"""Row level security, table by table: as the app's role, for one supplier, another's row is out of reach.

The rows are made from the metadata. A table without its policy, or one that nobody can make a row of,
fails by its name.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Column, Connection, Table, delete, func, insert, select, text, update
from sqlalchemy.exc import ProgrammingError
from uuid_utils.compat import uuid7

from app.kernel.db import APP_ROLE, NO_SUPPLIER, Base, db
from tests.architecture.ledger import GUARDED, SHARED
from tests.factories.every_table import Rows, rows_of

OURS, THEIRS = uuid7(), uuid7()
REFUSED = "violates row-level security|permission denied"


@pytest.fixture(scope="module")
def made() -> dict[UUID, Rows]:
    """A row of every table for us and for them."""
    return {supplier_id: rows_of(supplier_id) for supplier_id in (OURS, THEIRS)}


@pytest.fixture(scope="module")
def transaction(app: Flask, made: dict[UUID, Rows]) -> Iterator[Connection]:
    """One transaction in which all the rows stand, made as the app's role makes them; undone at the end."""
    with app.app_context(), db.engine.connect() as connection:
        assert connection.execute(text("select current_user")).scalar_one() == APP_ROLE
        for supplier_id, rows in made.items():
            act_for(connection, supplier_id)
            for table, row in rows.items():
                connection.execute(insert(Base.metadata.tables[table]).values(row))
        yield connection
        connection.rollback()


@pytest.fixture
def connection(transaction: Connection) -> Iterator[Connection]:
    """A savepoint of its own, acting for us."""
    savepoint = transaction.begin_nested()
    act_for(transaction, OURS)
    yield transaction
    savepoint.rollback()


def act_for(connection: Connection, supplier_id: UUID) -> None:
    connection.execute(text("select set_config('app.supplier_id', :s, true)"), {"s": str(supplier_id)})


def count(connection: Connection, table: Table, supplier_id: UUID) -> int:
    found = select(func.count()).select_from(table).where(owner(table) == supplier_id)
    return connection.execute(found).scalar_one()


def owner(table: Table) -> Column[Any]:
    """The column that says whose row it is."""
    return table.c.id if table.name == "suppliers" else table.c.supplier_id


def test_every_table_is_a_suppliers_or_known_to_be_shared() -> None:
    without = {name for name, table in Base.metadata.tables.items() if "supplier_id" not in table.columns}
    assert without - {"suppliers"} <= SHARED
    assert set(GUARDED) | SHARED == set(Base.metadata.tables)


@pytest.mark.parametrize("name", GUARDED)
def test_only_its_supplier_sees_a_row(connection: Connection, name: str) -> None:
    table = Base.metadata.tables[name]
    assert count(connection, table, OURS) == 1
    assert count(connection, table, THEIRS) == 0
    act_for(connection, THEIRS)
    assert count(connection, table, THEIRS) == 1
    act_for(connection, NO_SUPPLIER)
    assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0


@pytest.mark.parametrize("name", GUARDED)
def test_no_row_is_made_for_another(connection: Connection, made: dict[UUID, Rows], name: str) -> None:
    table, row = Base.metadata.tables[name], made[THEIRS][name]
    fresh = {"id": uuid7()} if "id" in row else {}
    with pytest.raises(ProgrammingError, match="violates row-level security"):
        connection.execute(insert(table).values(row | fresh))


@pytest.mark.parametrize("name", GUARDED)
def test_no_row_is_handed_to_another(connection: Connection, name: str) -> None:
    table = Base.metadata.tables[name]
    with pytest.raises(ProgrammingError, match=REFUSED):
        connection.execute(update(table).where(owner(table) == OURS).values({owner(table).key: THEIRS}))


@pytest.mark.parametrize("name", GUARDED)
@pytest.mark.parametrize("verb", [update, delete])
def test_no_row_of_another_is_changed(connection: Connection, name: str, verb: Any) -> None:
    table = Base.metadata.tables[name]
    statement = verb(table)
    if verb is update:
        statement = statement.values({owner(table).key: owner(table)})
    touched = _touched(connection, statement.where(owner(table) == THEIRS))
    assert touched == 0
    act_for(connection, THEIRS)
    assert count(connection, table, THEIRS) == 1


def _touched(connection: Connection, statement: Any) -> int:
    """How many rows; none when the role may not do that to any row (histories are append-only)."""
    try:
        with connection.begin_nested():
            return int(connection.execute(statement).rowcount)
    except ProgrammingError as refused:
        if not isinstance(refused.orig, InsufficientPrivilege):
            raise
        return 0
