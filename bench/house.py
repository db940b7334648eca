"""A whole installation of its own to measure: servers, schema, one supplier, web, worker, ticker."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import psycopg
from flask_migrate import upgrade

from app import create_app, embedded
from app.accounts.keys import create_api_key
from app.accounts.schemas import NewApiKey
from app.kernel.actor import Actor, ActorKind, Permission, Role
from app.kernel.db import normalise_url
from app.kernel.uow import reading
from app.models.capture import CaptureForm
from app.settings import ROOT, Settings
from app.supervisor import answers, choose_port, commands
from app.workflows.open_supplier import NewSupplier, open_supplier

OWNER = NewSupplier(
    name="Bench", email="owner@example.com", password="measured with care", full_name="Olive Owner"
)
PATIENCE = 180
"""Seconds that a process may take to be there."""


@dataclass(frozen=True)
class House:
    """Where everything is. `libpq` is the database's address as PostgreSQL's own programs take it."""

    settings: Settings
    libpq: str
    supplier_id: UUID
    form_key: str

    def ask(self, sql: str) -> tuple[Any, ...]:
        """The owner's answer, one row; none to what is no question."""
        with psycopg.connect(self.libpq, autocommit=True) as connection:
            answer = connection.execute(sql)
            return (answer.description and answer.fetchone()) or ()

    def row(self, sql: str, *values: Any) -> tuple[Any, ...]:
        """The owner's answer, one row."""
        with psycopg.connect(self.libpq, autocommit=True) as connection:
            return connection.execute(sql, values).fetchone() or ()

    def column(self, sql: str, *values: Any) -> list[Any]:
        """The owner's answer, one column; the first value is the supplier."""
        with psycopg.connect(self.libpq, autocommit=True) as connection:
            return [value for (value,) in connection.execute(sql, [self.supplier_id, *values])]

    def api_key(self) -> str:
        """A fresh key of the supplier's owner that may read."""
        [owner] = self.column("select user_id from memberships where supplier_id = %s and role = 'owner'")
        with create_app(self.settings).app_context():
            actor = Actor(ActorKind.USER, self.supplier_id, Role.OWNER, owner)
            return create_api_key(actor, NewApiKey(name="bench", scopes=[Permission.READ]))[1]

    @contextmanager
    def beside(self, line: list[str], cwd: Path) -> Iterator[int]:
        """Another server on this database, for comparison; the port it got."""
        port = choose_port(self.settings.model_copy(update={"port": 0})).port
        own = str(self.settings.port)
        with (self.settings.var_dir / f"beside-{port}.log").open("w") as log:
            process = psutil.Popen(
                [str(port) if word == own else word for word in line],
                cwd=cwd,
                env=os.environ | self._environment() | {"PORT": str(port), "NODE_ENV": "production"},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            try:
                _wait(lambda: answers(self.settings.host, port))
                yield port
            finally:
                _end(process)

    def _environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.settings.database_url or "",
            "REDIS_URL": self.settings.redis_url or "",
            "VAR_DIR": str(self.settings.var_dir),
            "HOST": self.settings.host,
            "PORT": str(self.settings.port),
            "PUBLIC_URL": self.settings.base_url,
            "RATE_LIMITS": "false",
            "LOG_LEVEL": "WARNING",
            "SUPPLIER": str(self.supplier_id),
            "LIBPQ_URL": self.libpq,
            "POOL": str(self.settings.database_pool),
            "WORKERS": str(os.cpu_count() or 1),
        }

    @contextmanager
    def running(self, *names: str) -> Iterator[dict[str, psutil.Process]]:
        """These processes (web, worker, ticker), as `make run` starts them."""
        environment = os.environ | self._environment()
        lines = dict(commands(self.settings))
        started: dict[str, psutil.Process] = {
            name: psutil.Popen(
                lines[name], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
            )
            for name in names
        }
        try:
            if "web" in started:
                _wait(lambda: answers(self.settings.host, self.settings.port))
            yield started
        finally:
            for process in started.values():
                _end(process)


def _end(process: psutil.Popen) -> None:
    """The process and those it started, in the order it has for it; after 15 s in any."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        psutil.wait_procs([process], timeout=15)


def _wait(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError("a process does not come up")
        time.sleep(0.05)


@contextmanager
def opened() -> Iterator[House]:
    """A fresh house under a temporary directory, gone afterwards."""
    var = Path(tempfile.mkdtemp(prefix="wedsync-bench-"))
    try:
        ends = embedded.start(var)
        settings = Settings(
            database_url=ends.database_url, redis_url=ends.redis_url, var_dir=var, port=0, rate_limits=False
        )
        yield _furnish(choose_port(settings))
    finally:
        embedded.stop(var)
        for link in (path for path in var.iterdir() if path.is_symlink()):
            shutil.rmtree(link.resolve(), ignore_errors=True)
        shutil.rmtree(var, ignore_errors=True)


def _furnish(settings: Settings) -> House:
    with create_app(settings).app_context():
        upgrade()
        supplier_id = open_supplier(OWNER).supplier_id
        with reading(supplier_id) as session:
            form_key = session.query(CaptureForm.key).scalar()
    url = normalise_url(settings.database_url or "").set(drivername="postgresql")
    return House(settings, url.render_as_string(hide_password=False), supplier_id, form_key)
