"""Processes to kill: a Redis of the test's own, workers and tickers as they run in production."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask
from sqlalchemy import text

from app import embedded
from app.kernel.db import owner_engine
from app.settings import ROOT, Settings
from tests.conftest import fresh_database, migrated
from tests.fakes import Mailbox, smtp_server

PATIENCE = 30.0


def eventually(what: Callable[[], Any], *, seconds: float = PATIENCE) -> Any:
    """What it returns once that is true; fails after a while that is long on purpose."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, f"still not so after {seconds} s"
        time.sleep(0.05)
    return found


class OwnRedis:
    """A Redis that a test may kill and start again; it keeps nothing, as ours."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.url = embedded.start(var, postgres=False).redis_url

    def kill(self) -> None:
        server = next(p for p in embedded._Valkey(self.var.resolve()).processes())
        server.send_signal(signal.SIGKILL)
        server.wait(10)

    def start(self) -> None:
        assert embedded.start(self.var, postgres=False).redis_url == self.url

    @property
    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)


@pytest.fixture(scope="package")
def settings(settings: Settings, servers: tuple[str, str]) -> Iterator[Settings]:
    with fresh_database(servers[0]) as url:
        yield settings.model_copy(update={"database_url": url})


@pytest.fixture(scope="package")
def app(settings: Settings) -> Flask:
    return migrated(settings)


NOT_DUE = (
    "update lead_nurture_enrollments set next_execution_at = null where next_execution_at is not null",
    "update messages set state = 'skipped' where state in ('due', 'sending')",
    "update notices set state = 'skipped' where state in ('due', 'sending')",
    "update rescores set finished_at = now() where finished_at is null",
    "update leads set evaluate_at = null, score_stale = false where evaluate_at is not null or score_stale",
    "update inquiries set state = 'captured' where state = 'received'",
)


@pytest.fixture
def nothing_is_due(app: Flask) -> None:
    """What other tests left due, the workers of this one would do first."""
    with owner_engine(app.config["DATABASE_URL"]).begin() as connection:
        for statement in NOT_DUE:
            connection.execute(text(statement))


@pytest.fixture(autouse=True)
def no_cluster_stays(tmp_path: Path) -> Iterator[None]:
    """As root, the servers of a private directory live outside it, by links that nobody else follows."""
    yield
    for link in (*tmp_path.rglob("postgres"), *tmp_path.rglob("redis")):
        if link.is_symlink():
            shutil.rmtree(link.resolve(), ignore_errors=True)


@pytest.fixture
def own_redis(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnRedis]:
    """The app rings at this one while the test runs."""
    var = Path(tempfile.mkdtemp()) / "var"
    var.parent.chmod(0o755)
    server = OwnRedis(var)
    monkeypatch.setitem(app.config, "REDIS_URL", server.url)
    yield server
    embedded.stop(var)
    shutil.rmtree(var.resolve().parent, ignore_errors=True)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with smtp_server() as box:
        yield box


class Process(subprocess.Popen[bytes]):
    """One of ours. What it says goes to a file: a pipe that nobody reads stops it once it is full."""

    def __init__(self, arguments: Sequence[str], log: Path, environment: dict[str, str]) -> None:
        self.log = log
        with log.open("wb") as file:
            words = [sys.executable, "-m", "workers", *arguments]
            super().__init__(words, cwd=ROOT, env=os.environ | environment, stderr=file)

    def said(self) -> str:
        return self.log.read_text()


@pytest.fixture
def start_process(
    settings: Settings, nothing_is_due: None, own_redis: OwnRedis, mailbox: Mailbox, tmp_path: Path
) -> Iterator[Callable[..., Process]]:
    """Starts `python -m workers …` that sends to `mailbox`; whatever still runs afterwards is killed."""
    running: list[Process] = []

    def start(*arguments: str, **environment: str) -> Process:
        ours = {
            "ENVIRONMENT": "test",
            "DATABASE_URL": settings.database_url or "",
            "REDIS_URL": own_redis.url,
            "VAR_DIR": str(settings.var_dir),
            "PUBLIC_URL": settings.base_url,
            "MAIL_TRANSPORT": "smtp",
            "SMTP_URL": mailbox.url,
            "TICKER_SECONDS": "1",
            "LOG_FORMAT": "json",
        }
        running.append(Process(arguments, tmp_path / f"process-{len(running)}.log", ours | environment))
        return running[-1]

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.wait()
