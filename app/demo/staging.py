"""Rows into PostgreSQL by COPY, through temporary tables that bear the names of the real ones.

PostgreSQL looks for a table among the temporary ones first. So the rows of a batch are scored where
they wait, without touching an index, by the very statement that scores real leads; then one INSERT a
table moves them, which row level security sees, as it does not let COPY past.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import itemgetter
from uuid import UUID

from psycopg import Connection, sql
from psycopg.types.json import JsonbDumper
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.demo.plan import Pages, Row
from app.kernel import tenancy
from app.kernel.db import APP_ROLE, Base, owner_engine

Polish = Callable[[Session], None]
"""What is done to the rows before they move: statements on the temporary tables."""


TRUST = text("""
    select set_config('session_replication_role', 'replica', true)
    where has_parameter_privilege('session_replication_role', 'set')
""")
"""Foreign keys are not looked up for the rest of the transaction, if the login role may ask for that."""


@contextmanager
def writing(url: str, supplier_id: UUID, *, trusting: bool = False) -> Iterator[Session]:
    """A transaction as the app's role, without its time limit: it sees that supplier's rows alone.

    `trusting` leaves out the foreign keys' checks, two thirds of the time; a test looks for orphans.
    Not a unit of work, because the load runs in processes that have no app.
    """
    with tenancy.acting_for(supplier_id), Session(owner_engine(url)) as session, session.begin():
        if trusting:
            session.execute(TRUST)
        session.execute(text(f"set local role {APP_ROLE}"))
        yield session


def write(session: Session, pages: Pages, polish: Polish) -> dict[str, int]:
    """Write the pages in the session's transaction; rows by table. A table's rows have the same columns."""
    names = [table.name for table in Base.metadata.sorted_tables if pages.get(table.name)]
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, Connection)
    connection.adapters.register_dumper(dict, JsonbDumper)
    for name in names:
        _stage(connection, name, pages[name])
    polish(session)
    for name in names:
        _move(connection, name, pages[name][0])
    return {name: len(pages[name]) for name in names}


def _columns(row: Row) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, row))


def _stage(connection: Connection, name: str, rows: list[Row]) -> None:
    table, values, width = sql.Identifier(name), itemgetter(*rows[0]), len(rows[0])
    twin = sql.SQL("create temporary table {} on commit drop as table public.{} with no data")
    copy = sql.SQL("copy pg_temp.{} ({}) from stdin").format(table, _columns(rows[0]))
    connection.execute(twin.format(table, table))
    with connection.cursor().copy(copy) as out:
        for row in rows:
            assert len(row) == width, f"the rows of {name} have not all the same columns"
            out.write_row(values(row))


def _move(connection: Connection, name: str, row: Row) -> None:
    table, columns = sql.Identifier(name), _columns(row)
    move = sql.SQL("insert into public.{} ({}) select {} from pg_temp.{}").format(
        table, columns, columns, table
    )
    connection.execute(move)
