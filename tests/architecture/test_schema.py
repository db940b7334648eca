"""The rules every table obeys, present and future, read from the database itself."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from app import create_app
from app.boot import migration_problem
from app.kernel.db import Base, owner_engine
from app.settings import Settings

SHARED = {"users", "sessions", "alembic_version"}
"""Tables outside any supplier."""
TENANTS = sorted(set(Base.metadata.tables) - SHARED - {"suppliers"})
APPEND_ONLY = ["audit_log", "consent_events", "message_events", "status_history"]


@pytest.fixture
def owner(app: Flask, settings: Settings) -> Iterator[Connection]:
    with owner_engine(settings.database_url or "").connect() as connection:
        yield connection
        connection.rollback()


def test_the_database_has_exactly_the_tables_of_the_models(owner: Connection) -> None:
    found = set(owner.execute(text("select tablename from pg_tables where schemaname = 'public'")).scalars())
    assert found == set(Base.metadata.tables) | {"alembic_version"}


@pytest.mark.parametrize("table", [*TENANTS, "suppliers"])
def test_row_security_is_forced_on_every_tenant_table(owner: Connection, table: str) -> None:
    enabled, forced = owner.execute(
        text("select relrowsecurity, relforcerowsecurity from pg_class where oid = cast(:t as regclass)"),
        {"t": table},
    ).one()
    assert enabled
    assert forced
    assert (
        "tenant"
        in owner.execute(
            text("select polname from pg_policy where polrelid = cast(:t as regclass)"), {"t": table}
        )
        .scalars()
        .all()
    )


@pytest.mark.parametrize("table", TENANTS)
def test_every_key_of_a_tenant_table_can_be_distributed_by_supplier(table: str) -> None:
    """Primary keys lead with supplier_id, unique indexes and references between tenants include it."""
    described = Base.metadata.tables[table]
    assert next(c.name for c in described.primary_key.columns) == "supplier_id"
    for index in described.indexes:
        assert not index.unique or "supplier_id" in [c.name for c in index.columns], index.name
    for foreign_key in described.foreign_key_constraints:
        if foreign_key.referred_table.name in TENANTS:
            assert "supplier_id" in foreign_key.column_keys, foreign_key.name


@pytest.mark.parametrize("table", sorted(set(Base.metadata.tables)))
def test_the_app_owns_no_table(owner: Connection, table: str) -> None:
    who = owner.execute(
        text("select tableowner from pg_tables where tablename = :t"), {"t": table}
    ).scalar_one()
    assert who not in ("wedsync_app", "wedsync_sweeper")


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_history_cannot_be_rewritten_by_the_app(owner: Connection, table: str) -> None:
    for right in ("UPDATE", "DELETE"):
        may = owner.execute(
            text("select has_table_privilege('wedsync_app', :t, :r)"), {"t": table, "r": right}
        )
        assert may.scalar_one() is False


def test_the_sweeper_writes_nothing(owner: Connection) -> None:
    query = text("""select count(*) from information_schema.role_table_grants
                    where grantee = 'wedsync_sweeper' and privilege_type <> 'SELECT'""")
    assert owner.execute(query).scalar_one() == 0


def test_every_reference_to_a_lead_is_indexed(owner: Connection) -> None:
    """Deleting a lead must not scan its supplier's other rows."""
    query = text("""
        select c.conrelid::regclass::text from pg_constraint c
        where c.contype = 'f' and c.confrelid = 'leads'::regclass and c.confdeltype in ('c', 'n')
          and not exists (
            select from pg_index i
            where i.indrelid = c.conrelid and (string_to_array(i.indkey::text, ' '))[1:2]
                                         @> array[c.conkey[1]::text, c.conkey[2]::text])""")
    assert set(owner.execute(query).scalars()) == set()


@pytest.mark.slow
def test_a_login_that_may_not_create_roles_migrates_when_they_are_made_and_granted(
    owner: Connection, settings: Settings
) -> None:
    assert owner.execute(text("select count(*) from pg_roles where rolname ~ '^wedsync_'")).scalar_one() == 2
    server = make_url(settings.database_url or "")
    login = f"{server.database}_l"
    admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"create role \"{login}\" login password 'secret'"))
        connection.execute(text(f'grant wedsync_app, wedsync_sweeper to "{login}"'))
        connection.execute(text(f'create database "{login}" owner "{login}"'))
    url = server.set(database=login, username=login, password="secret").render_as_string(hide_password=False)
    app = create_app(settings.model_copy(update={"database_url": url}))
    try:
        with app.app_context():
            upgrade()
            assert migration_problem(app) is None
            downgrade(revision="base")
    finally:
        owner_engine(url).dispose()
        with admin.connect() as connection:
            connection.execute(text(f'drop database "{login}" with (force)'))
            connection.execute(text(f'drop owned by "{login}"'))
            connection.execute(text(f'drop role "{login}"'))


@pytest.mark.slow
def test_migrations_describe_the_models_and_can_be_undone(settings: Settings) -> None:
    """On a database of its own: up, no difference left to autogenerate, down to nothing, and up again."""
    server = make_url(settings.database_url or "")
    name = f"{server.database}_m"
    admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f'create database "{name}"'))
    url = server.set(database=name).render_as_string(hide_password=False)
    app = create_app(settings.model_copy(update={"database_url": url}))
    try:
        with app.app_context():
            upgrade()
            checked = app.test_cli_runner().invoke(args=["db", "check"])
            assert checked.exit_code == 0, checked.output
            downgrade(revision="base")
            with owner_engine(url).connect() as connection:
                left = connection.execute(
                    text("select tablename from pg_tables where schemaname = 'public'")
                ).scalars()
                assert set(left) == {"alembic_version"}
            upgrade()
    finally:
        owner_engine(url).dispose()
        with admin.connect() as connection:
            connection.execute(text(f'drop database "{name}" with (force)'))
