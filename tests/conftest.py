"""Real servers for every test: PostgreSQL and Redis from the wheels, or those of the environment.

One migrated database a process of the run, and one for tests that start workers, which would also do what
other tests left due. Tests commit for real and are apart from each other because each one works in a
supplier of its own (`house`); row level security is the wall between them.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

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
from tests.dns_server import DnsServer, dns_server

REDIS_DATABASES = 16


@pytest.fixture(scope="session")
def servers() -> tuple[str, str]:
    """URLs of a PostgreSQL and a Redis server."""
    database, redis = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    if not (database and redis):
        endpoints = start(ROOT / "var" / "test", postgres=not database, redis=not redis)
        database, redis = database or endpoints.database_url, redis or endpoints.redis_url
    return database, redis


@pytest.fixture(scope="session")
def redis_urls(servers: tuple[str, str], worker_id: str) -> tuple[str, str]:
    """Two databases of the Redis server for this process: one for what its tests ring and nobody answers,
    one in which workers listen."""
    first = 0 if worker_id == "master" else 2 * int(worker_id.removeprefix("gw"))
    assert first + 1 < REDIS_DATABASES, "a Redis server has databases for eight processes"
    return numbered(servers[1], first), numbered(servers[1], first + 1)


def numbered(url: str, number: int) -> str:
    """The same Redis server, another of its databases."""
    scheme, rest = url.split("://", 1)
    if scheme == "unix":
        return f"unix://{rest.partition('?')[0]}?db={number}"
    return f"{scheme}://{rest.partition('/')[0]}/{number}"


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """The URL of an empty database that is dropped afterwards; nobody waits for its disk."""
    server = normalise_url(server_url)
    name = f"test_{uuid7().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f'create database "{name}"'))
        connection.execute(text(f'alter database "{name}" set synchronous_commit = off'))
    yield _render(server.set(database=name))
    with admin.connect() as connection:
        connection.execute(text(f'drop database "{name}" with (force)'))


def _render(url: URL) -> str:
    return make_url(url).render_as_string(hide_password=False)


def migrated(settings: Settings) -> Flask:
    """The whole app, its database migrated."""
    flask = create_app(settings)
    with flask.app_context():
        upgrade()
    assert flask.test_client().get("/login").status_code < 500  # the first request looks for the schema
    return flask


@pytest.fixture(scope="session")
def settings(
    servers: tuple[str, str], redis_urls: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    with fresh_database(servers[0]) as url, dns_server() as empty:
        yield Settings(
            environment="test",
            database_url=url,
            redis_url=redis_urls[0],
            var_dir=tmp_path_factory.mktemp("var"),
            rate_limits=False,
            **dict.fromkeys(("mail_rate", "supplier_mail_rate", "sms_rate", "supplier_sms_rate"), ""),
            dns_server=empty.address,
            public_url="http://localhost",
        )


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    return migrated(settings)


@pytest.fixture
def house(app: Flask) -> House:
    return open_house(app)


@pytest.fixture
def dns(app: Flask) -> Iterator[DnsServer]:
    """What the app asks for the records of suppliers' domains while the test runs."""

    before = app.extensions["settings"].dns_server

    def ask(address: str) -> None:
        app.extensions["settings"] = app.extensions["settings"].model_copy(update={"dns_server": address})

    with dns_server() as server:
        ask(server.address)
        yield server
        ask(before)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
