"""The app as it runs: a WSGI server, a worker and a ticker, each a process of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from app.settings import ROOT, Settings

PATIENCE = 60
"""Seconds for a server to answer on a busy machine."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """Web, worker and ticker on the servers of `settings` until the block ends; the app's address."""
    port, logs = free_port(), settings.var_dir
    url = f"http://127.0.0.1:{port}"
    environment = _environment(settings, url)
    with ExitStack() as stack:
        served = [
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--blocking-threads",
            "2",
        ]
        web = ["granian", *served, "wsgi:app"]
        server = stack.enter_context(_process(web, environment, logs / "web.log"))
        stack.enter_context(_process(["workers"], environment, logs / "worker.log"))
        stack.enter_context(_process(["workers", "ticker"], environment, logs / "ticker.log"))
        _wait_for(f"{url}/healthz", server, logs / "web.log")
        yield url


def _environment(settings: Settings, url: str) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": str(settings.database_url),
        "REDIS_URL": str(settings.redis_url),
        "VAR_DIR": str(settings.var_dir),
        "PUBLIC_URL": url,
        "RATE_LIMITS": "false",
        "TICKER_SECONDS": "1",
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def _process(module: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m module …` until the block ends: asked to stop, then made to."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *module], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            with urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"the web server does not answer at {url}:\n{log.read_text()[-4000:]}")
