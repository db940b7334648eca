"""Processes to kill: a Redis of the test's own, workers and tickers as they run in production."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask

from app import embedded
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


@pytest.fixture
def start_process(
    settings: Settings, own_redis: OwnRedis, mailbox: Mailbox
) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts `python -m workers …` that sends to `mailbox`; whatever still runs afterwards is killed."""
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
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
        process = subprocess.Popen(
            [sys.executable, "-m", "workers", *arguments],
            cwd=ROOT,
            env=os.environ | ours | environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()
