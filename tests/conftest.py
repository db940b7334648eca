"""Real servers for every test: PostgreSQL and Redis from the wheels, or those of the environment.

One migrated database a run. Tests commit for real and are apart from each other because each one
works in a supplier of its own (`house`); row level security is the wall between them.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool
from uuid_utils.compat import uuid7

from app import create_app
from app.embedded import start
from app.kernel.db import normalise_url
from app.settings import ROOT, Settings
from tests.cast import House, open_house


@pytest.fixture(scope="session")
def servers() -> tuple[str, str]:
    """URLs of a PostgreSQL and a Redis server."""
    database, redis = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    if not (database and redis):
        endpoints = start(ROOT / "var" / "test", postgres=not database, redis=not redis)
        database, redis = database or endpoints.database_url, redis or endpoints.redis_url
    return database, redis


@pytest.fixture(scope="session")
def database_url(servers: tuple[str, str]) -> Iterator[str]:
    """A fresh database of this run, dropped at its end."""
    server = normalise_url(servers[0])
    name = f"test_{uuid7().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f'create database "{name}"'))
    yield _render(server.set(database=name))
    with admin.connect() as connection:
        connection.execute(text(f'drop database "{name}" with (force)'))


def _render(url: URL) -> str:
    return make_url(url).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def settings(
    database_url: str, servers: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    var: Path = tmp_path_factory.mktemp("var")
    return Settings(
        environment="test",
        database_url=database_url,
        redis_url=servers[1],
        var_dir=var,
        rate_limits=False,
        public_url="http://localhost",
    )


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    """The whole app on a migrated database."""
    flask = create_app(settings)
    with flask.app_context():
        upgrade()
    assert flask.test_client().get("/login").status_code < 500  # the first request looks for the schema
    return flask


@pytest.fixture
def house(app: Flask) -> House:
    return open_house(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
