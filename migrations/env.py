"""Runs migrations as the database's owner, one transaction a revision.

A migration waits at most five seconds for a lock, so that it can never queue the whole site behind
it: it fails, and is run again. Expand first, contract in a later release.
"""

from alembic import context
from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import app.models  # noqa: F401 - fills the metadata
from app.boot import refuse
from app.kernel.db import Base, owner_engine

config = context.config


def run() -> None:
    engine = owner_engine(current_app.config["DATABASE_URL"])
    with engine.connect() as connection:
        connection.execute(text("set lock_timeout = '5s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            compare_server_default=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


try:
    run()
except DBAPIError as error:
    reason = str(error.orig).splitlines()[0]
    refuse(f"the migration failed and was undone: {reason}; see “The database” in docs/operator.md")
