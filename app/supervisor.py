"""`flask up`: everything on one machine under one parent. Ctrl-C stops all it started.

Order: servers, migrations, demo data when the database is empty, then web, worker and ticker. A
child that dies is started again, slower each time. If the parent is killed, `guardian.py` ends the
children, and the next start finds the embedded servers as they are.
"""

import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import structlog

from app import embedded
from app.boot import refuse
from app.settings import ROOT, Settings

log = structlog.get_logger(__name__)

SERVERS_EVERY = 3.0
"""Seconds between two looks at the embedded servers."""


@dataclass
class Child:
    """One process to keep running: how to start it, and how it went so far."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    not_before: float = 0.0

    def start(self, environment: dict[str, str]) -> int:
        """Start it as a process group of its own; the group's id."""
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=environment, process_group=0)  # noqa: S603
        self.started_at = time.monotonic()
        return self.process.pid

    def ended(self) -> bool:
        """Did it end? Then it may start again at once, the next times after 1, 2, 4 … 30 seconds."""
        now = time.monotonic()
        if self.process is None or self.process.poll() is None:
            return False
        self.failures = 0 if now - self.started_at > 60 else self.failures + 1
        self.not_before = now + min(30, 2 ** (self.failures - 1) if self.failures > 1 else 0)
        log.warning("process_ended", name=self.name, status=self.process.returncode)
        self._end_the_rest(self.process.pid)
        return True

    @staticmethod
    def _end_the_rest(group: int) -> None:
        """End what a killed process left: the web's own workers would go on to answer at our port."""
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


@dataclass
class Supervisor:
    """Keeps the children of one `flask up` running until a signal says stop."""

    settings: Settings
    children: list[Child] = field(default_factory=list)
    stopping: bool = False
    servers_seen_at: float = 0.0
    own_servers: tuple[bool, bool] = (False, False)
    guardian: "subprocess.Popen[str] | None" = None

    def run(self, when_ready: Callable[[], None]) -> None:
        """Start all, call `when_ready` once the web answers, and watch until a signal says stop."""
        environment = child_environment(self.settings)
        self.children = [Child(name, command) for name, command in commands(self.settings)]
        self.own_servers = uses_embedded(self.settings)
        self.guardian = _guardian()
        with told_to_stop(self._told_to_stop):
            for child in self.children:
                self._tell("+", child.start(environment))
            ready = False
            while not self.stopping:
                ready = ready or self._announced(when_ready)
                self._look(environment)
                time.sleep(0.2 if ready else 0.05)
            self._stop()

    def _told_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _look(self, environment: dict[str, str]) -> None:
        self._look_after_servers()
        for child in self.children:
            if child.ended() and child.process:
                self._tell("-", child.process.pid)
                child.process = None
            if child.process is None and time.monotonic() >= child.not_before:
                self._tell("+", child.start(environment))

    def _look_after_servers(self) -> None:
        """Start an embedded server again that died; a moment's work when all are well."""
        if time.monotonic() - self.servers_seen_at < SERVERS_EVERY:
            return
        self.servers_seen_at = time.monotonic()
        postgres, redis = self.own_servers
        try:
            if postgres or redis:
                embedded.start(self.settings.var_dir, postgres=postgres, redis=redis)
        except embedded.EmbeddedError as error:
            log.error("server_not_started", reason=str(error))

    def _tell(self, sign: str, group: int) -> None:
        """Tell the guardian; without one, a killed parent would leave its children, and that is all."""
        if self.guardian and self.guardian.stdin:
            with suppress(OSError):
                self.guardian.stdin.write(f"{sign}{group}\n")
                self.guardian.stdin.flush()

    def _announced(self, when_ready: Callable[[], None]) -> bool:
        """Say that we are ready if the web answers, however late it does; stop if it ended instead."""
        web = self.children[0]
        if web.process and web.process.poll() is not None:
            self._stop()
            refuse("the web process ended while starting; its output above says why")
        if not answers(self.settings.host, self.settings.port):
            return False
        when_ready()
        return True

    def _stop(self) -> None:
        """Ask all to end, insist after ten seconds, and let the guardian go."""
        running = [child.process for child in self.children if child.process]
        for process in running:
            process.terminate()
        end = time.monotonic() + 10
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, end - time.monotonic()))
        if self.guardian:
            self.guardian.communicate(timeout=15)


@contextmanager
def told_to_stop(then: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """What SIGINT, SIGTERM and SIGHUP (the terminal was closed; not under nohup) do inside the block."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, then) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _guardian() -> "subprocess.Popen[str]":
    script = [sys.executable, "-I", "-S", str(ROOT / "app" / "guardian.py")]
    return subprocess.Popen(script, stdin=subprocess.PIPE, text=True, start_new_session=True)  # noqa: S603


def commands(settings: Settings) -> list[tuple[str, list[str]]]:
    """What runs, as name and command; the Procfile has them for a platform that supervises by itself."""
    web = [
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "wsgi:app",
        "--host",
        settings.host,
        "--port",
        str(settings.port),
    ]
    web += [
        "--workers",
        str(os.cpu_count() or 1),
        "--blocking-threads",
        "2",
        "--no-access-log",
        "--log-level",
        "warning",
    ]
    web += ["--respawn-failed-workers"]
    return [
        ("web", [sys.executable, *web]),
        ("worker", [sys.executable, "-m", "workers"]),
        ("ticker", [sys.executable, "-m", "workers", "ticker"]),
    ]


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment of the children: ours, with the servers and the address already resolved."""
    metrics = settings.var_dir / "metrics"
    metrics.mkdir(parents=True, exist_ok=True)
    for stale in metrics.glob("*.db"):
        stale.unlink()
    return os.environ | {
        "DATABASE_URL": settings.database_url or "",
        "REDIS_URL": settings.redis_url or "",
        "PUBLIC_URL": settings.base_url,
        "HOST": settings.host,
        "PORT": str(settings.port),
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        "PYTHONUNBUFFERED": "1",
    }


def run_file(settings: Settings) -> Path:
    """Where `flask up` says its address and the demo's sign-in, from when it is ready until it stops."""
    return settings.var_dir / "run.json"


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Hold this `var_dir` for one `flask up`; a second one stops with a line that says where the first is."""
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    with (settings.var_dir / "up.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            refuse(f"already running in this folder{_where(settings)}; stop that one first")
        yield


def _where(settings: Settings) -> str:
    try:
        return f" at {json.loads(run_file(settings).read_text())['url']}"
    except (OSError, ValueError, KeyError):
        return ""


def uses_embedded(settings: Settings) -> tuple[bool, bool]:
    """Are PostgreSQL and Redis the embedded ones of this `var_dir`, which run now?"""
    own = embedded.running(settings.var_dir)
    return (
        own is not None and settings.database_url == own.database_url,
        own is not None and settings.redis_url == own.redis_url,
    )


def choose_port(settings: Settings) -> Settings:
    """The settings with a port that is free now: `PORT=0` takes any; a busy one stops with one line."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            refuse(f"port {settings.port} is busy; try PORT={_another(settings.port)} make run")
        return settings.model_copy(update={"port": probe.getsockname()[1]})


def _another(port: int) -> int:
    return port + 1 + secrets.randbelow(50)


def answers(host: str, port: int) -> bool:
    """Does somebody listen there?"""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0
