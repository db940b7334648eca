"""One statement whose JSON PostgreSQL writes, fetched as bytes from the AUTOCOMMIT engine.

It goes from the pool straight to the driver, with PostgreSQL's own `$1`: what SQLAlchemy and psycopg do
around a statement, and to a long one each time, takes longer than a small read.
"""

from collections.abc import Sequence
from typing import Any, cast

import psycopg
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError

DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
"""How SQLAlchemy writes such a statement."""


def fetch_json(engine: Engine, statement: str, values: Sequence[Any]) -> bytes | None:
    """The first column of the first row; None for null and for no row. Errors are SQLAlchemy's."""
    row = fetch_row(engine, statement, values)
    return row[0] if row else None


def fetch_row(engine: Engine, statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """The first row, its JSON as bytes; None for no row. Errors are SQLAlchemy's."""
    try:
        connection = engine.raw_connection()
    except psycopg.Error as error:
        raise _as_sqlalchemy(statement, error) from error
    try:
        cursor = psycopg.RawCursor(cast("psycopg.Connection[tuple[Any, ...]]", connection.driver_connection))
        for listener in engine.dispatch.before_cursor_execute:  # who listens to statements hears of these too
            listener(None, cursor, statement, values, None, False)
        return cursor.execute(statement, values).fetchone()
    except psycopg.Error as error:
        connection.invalidate(error)
        raise _as_sqlalchemy(statement, error) from error
    finally:
        connection.close()


def _as_sqlalchemy(statement: str, error: psycopg.Error) -> Exception:
    """Without the values: a key's hash is one of them."""
    return cast(Exception, DBAPIError.instance(statement, None, error, psycopg.Error, dialect=DIALECT))
