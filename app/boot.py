"""From the environment to an app that can start, or one line that says what to do.

The only place that decides which servers are used: those of `DATABASE_URL` and `REDIS_URL`, else the
embedded ones, started here when they do not run.
"""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import NoReturn

import psycopg
import redis
import structlog
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask, current_app, request
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from app import embedded
from app.kernel.db import db, normalise_url
from app.kernel.errors import Unavailable
from app.settings import ROOT, Settings

log = structlog.get_logger(__name__)


class BootError(SystemExit):
    """Stops the process with one line on standard error and status 1."""


def refuse(line: str) -> NoReturn:
    raise BootError(f"wedsync: {line}")


def read_settings() -> Settings:
    """The environment's settings; a wrong one stops the process, named."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc'])).upper() or 'settings'}: {e['msg']}" for e in error.errors()
        )
        refuse(f"the environment is not usable: {wrong}")


def resolve(settings: Settings) -> Settings:
    """The settings with both URLs filled in; starts the embedded servers for those that are absent."""
    if settings.database_url:
        try:
            normalise_url(settings.database_url)
        except (ArgumentError, ValueError):
            refuse("DATABASE_URL is not a URL; write it as postgresql://user:password@host:5432/name")
    if settings.redis_url:
        try:
            redis.Redis.from_url(settings.redis_url)
        except ValueError:
            refuse("REDIS_URL is not a URL; write it as redis://host:6379/0, rediss://… or unix:///path")
    if settings.database_url and settings.redis_url:
        return settings
    if not embedded.running(settings.var_dir):
        print(f"  starting PostgreSQL and Valkey under {settings.var_dir.name}/ …", file=sys.stderr)  # noqa: T201
    try:
        ends = embedded.start(
            settings.var_dir, postgres=not settings.database_url, redis=not settings.redis_url
        )
    except embedded.EmbeddedError as error:
        refuse(str(error))
    urls = {
        "database_url": settings.database_url or ends.database_url,
        "redis_url": settings.redis_url or ends.redis_url,
    }
    return settings.model_copy(update=urls)


@contextmanager
def leaving_nothing(settings: Settings) -> Iterator[None]:
    """A Ctrl-C inside the block stops the embedded servers, unless they ran before it.

    It is asked again at the block's end: libraries in C may drop the exception that it raises.
    """
    embeds = not (settings.database_url and settings.redis_url)
    starts = embeds and embedded.running(settings.var_dir) is None
    try:
        with _remembering_interrupts() if starts else nullcontext():
            yield
    except KeyboardInterrupt:
        if starts:
            before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one would cut this short
            embedded.stop(settings.var_dir)
            signal.signal(signal.SIGINT, before)
        raise


@contextmanager
def _remembering_interrupts() -> Iterator[None]:
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield  # a thread hears no signals, and who ignores or handles this one goes on doing so
        return
    asked = False

    def ask(_signal: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, ask)
    try:
        yield
        if asked:
            raise KeyboardInterrupt
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def check_database(settings: Settings) -> None:
    """Stop with one line when the database of `DATABASE_URL` cannot be used."""
    url = normalise_url(settings.database_url or "").set(drivername="postgresql")
    try:
        with psycopg.connect(url.render_as_string(hide_password=False), connect_timeout=5) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:  # also an option in the URL that PostgreSQL does not know
        refuse(f"cannot reach the database of DATABASE_URL: {str(error).splitlines()[0].strip()}")
    if version < 150000:
        refuse(f"PostgreSQL {version // 10000} is too old; 15 or newer is needed")


def check_schema(app: Flask) -> None:
    """Stop with one line when the schema is not the code's. Needs an app context, and a database."""
    if problem := migration_problem(app):
        refuse(problem)


def migration_problem(app: Flask) -> str | None:
    """What the schema lacks, or None. One newer than the code is fine: migrations expand first.

    Needs an app context and a database that answers.
    """
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    wanted, known = scripts.get_current_head(), {script.revision for script in scripts.walk_revisions()}
    present = _present_migration()
    if present == wanted or (present and present not in known):
        return None
    return (
        f"the database is at migration {present or 'none'}, the code needs {wanted}: "
        "run `flask --app wsgi db upgrade`"
    )


def _present_migration() -> str | None:
    try:
        with db.engines["sweeper"].connect() as connection:
            found = connection.execute(text("select version_num from alembic_version")).scalar_one_or_none()
    except DBAPIError as error:
        untouched = 'role "wedsync_' in str(error.orig) or "alembic_version" in str(error.orig)
        if not untouched:
            raise
        return None
    return str(found) if found else None


def install(app: Flask) -> None:
    """Until the schema is there, requests hear 503 and the operator's log says what to run."""
    app.before_request(_wait_for_schema)


def _wait_for_schema() -> None:
    if current_app.extensions.get("schema_is_there") or request.blueprint == "health":
        return
    try:
        problem = migration_problem(current_app)
    except SQLAlchemyError:
        return  # whoever needs the database will say that it is away
    if problem:
        log.error("schema_behind", problem=problem)
        raise Unavailable("The database is being prepared.", retry_after=30)
    current_app.extensions["schema_is_there"] = True
