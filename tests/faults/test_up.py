"""`flask up`: one command starts everything, one signal stops it, and nothing is left behind."""

import os
import signal
import socket
import stat
import time
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from app import embedded
from app.boot import leaving_nothing, resolve
from app.settings import Settings
from tests.faults.running import flask, processes_below, run_json, stop, wait_for

pytestmark = pytest.mark.slow


def get(url: str) -> httpx.Response:
    return httpx.get(url, timeout=10)


def test_up_starts_says_where_to_click_stops_and_starts_again(tmp_path: Path) -> None:
    var = tmp_path / "var"
    first = flask(var, "up")
    try:
        told = run_json(var, first)
        assert set(told) >= {"url", "email", "password", "api_token", "form_key"}
        assert stat.S_IMODE((var / "run.json").stat().st_mode) == 0o600
        assert get(told["url"] + "/readyz").json()["status"] == "ready"
        assert get(f"{told['url']}/f/{told['form_key']}").status_code == 200
        query = {"query": "{ leads(first: 1) { totalCount } }"}
        headers = {"Authorization": f"Bearer {told['api_token']}"}
        answer = httpx.post(told["url"] + "/graphql", json=query, headers=headers, timeout=10)
        assert 350 < answer.json()["data"]["leads"]["totalCount"] <= 400
        assert stop(first) == 0
        wait_for(lambda: not processes_below(var), 15, saying=lambda: str(processes_below(var)))

        (var / "output").unlink()
        second = flask(var, "up")
        wait_for(lambda: "Sign in" in (var / "output").read_text(), 60, saying=(var / "output").read_text)
        again = run_json(var, second)
        assert (again["email"], again["password"], again["api_token"]) == (
            told["email"],
            told["password"],
            told["api_token"],
        )
        third = flask(var, "up")
        assert third.wait(60) == 1
        assert f"already running in this folder at {again['url']}" in (var / "output").read_text()
        assert get(again["url"] + "/readyz").status_code == 200, "the refused one stopped nothing"
        _kill_redis(var)
        wait_for(lambda: get(again["url"] + "/readyz").json()["checks"]["redis"] == "ok", 20)
        assert stop(second, signal.SIGTERM) == 0
        assert embedded.running(var) is None

        assert not (var / "run.json").exists(), "it says where we are, and we are nowhere"
        (var / "demo.json").unlink()
        fourth = flask(var, "up")
        renewed = run_json(var, fourth)
        assert renewed["form_key"] == told["form_key"], "the demo is the same one"
        assert renewed["password"] != told["password"]
        headers = {"Authorization": f"Bearer {renewed['api_token']}"}
        answer = httpx.post(
            run_json(var, fourth)["url"] + "/graphql", json=query, headers=headers, timeout=10
        )
        assert answer.json()["data"]["leads"]["totalCount"] > 350
        assert stop(fourth) == 0
    finally:
        first.kill()
        embedded.stop(var)


def test_a_killed_parent_takes_its_children_along_and_the_next_start_recovers(tmp_path: Path) -> None:
    var = tmp_path / "var"
    first = flask(var, "up", "--no-demo")
    try:
        told = run_json(var, first)
        os.kill(first.pid, signal.SIGKILL)
        first.wait(10)
        wait_for(lambda: _refuses(told["url"]), 15)
        second = flask(var, "up", "--no-demo")
        wait_for(
            lambda: (var / "output").read_text().count("Stop ") == 2, 60, saying=(var / "output").read_text
        )
        assert get(run_json(var, second)["url"] + "/readyz").status_code == 200
        assert stop(second) == 0
    finally:
        first.kill()
        embedded.stop(var)


def _kill_redis(var: Path) -> None:
    for server in embedded._Valkey(var.resolve()).processes():
        server.kill()


def _refuses(url: str) -> bool:
    try:
        return get(url + "/healthz").status_code != 200
    except httpx.TransportError:
        return True


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"DATABASE_URL": "mysql//nonsense"}, "DATABASE_URL is not a URL"),
        (
            {"DATABASE_URL": "postgresql://nobody:x@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"},
            "cannot reach the database",
        ),
        ({"DATABASE_URL": "mysql://user:x@127.0.0.1/name"}, "DATABASE_URL is not a URL"),
        (
            {"DATABASE_URL": "postgresql://u:x@127.0.0.1:1/n?schema=x", "REDIS_URL": "redis://127.0.0.1:1"},
            "schema",
        ),
        (
            {"DATABASE_URL": "postgresql://u:x@127.0.0.1:1/n", "REDIS_URL": "127.0.0.1:6379"},
            "REDIS_URL is not a URL",
        ),
        ({"PORT": "banana"}, "PORT"),
        ({"ENVIRONMENT": "production"}, "SECRET_KEY, PUBLIC_URL, DATABASE_URL"),
        ({"MAIL_TRANSPORT": "smtp"}, "SMTP_URL"),
    ],
)
def test_a_wrong_setting_is_one_line(tmp_path: Path, environment: dict[str, str], says: str) -> None:
    var = tmp_path / "var"
    process = flask(var, "up", **environment)
    assert process.wait(60) == 1
    output = (var / "output").read_text()
    assert says in output
    assert "Traceback" not in output


def test_a_demo_for_a_database_without_a_schema_is_one_line_that_says_what_to_run(tmp_path: Path) -> None:
    var = tmp_path / "var"
    try:
        assert flask(var, "demo").wait(60) == 1
    finally:
        embedded.stop(var)
    output = (var / "output").read_text()
    assert "run `flask --app wsgi db upgrade`" in output
    assert "Traceback" not in output


def test_a_busy_port_is_one_line_that_names_another_and_leaves_nothing_running(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = flask(var, "up", PORT=str(port))
        assert process.wait(60) == 1
    try:
        assert embedded.running(var) is None
    finally:
        embedded.stop(var)
    output = (var / "output").read_text()
    assert f"port {port} is busy" in output
    assert "Traceback" not in output


def test_a_killed_web_leaves_nobody_behind_that_answers_in_its_place(tmp_path: Path) -> None:
    var = tmp_path / "var"
    process = flask(var, "up", "--no-demo")
    try:
        told = run_json(var, process)
        (web,) = [p for p in psutil.Process(process.pid).children() if "granian" in p.cmdline()]
        workers = web.children()
        web.kill()
        wait_for(lambda: not any(map(_runs, workers)), 15)
        wait_for(lambda: not _refuses(told["url"]), 30, saying=(var / "output").read_text)
        assert stop(process) == 0
        assert _refuses(told["url"])
    finally:
        process.kill()
        embedded.stop(var)


def test_a_second_signal_while_stopping_leaves_no_server_running(tmp_path: Path) -> None:
    var = tmp_path / "var"
    process = flask(var, "up", "--no-demo")
    try:
        run_json(var, process)
        process.send_signal(signal.SIGINT)
        while process.poll() is None:
            time.sleep(0.02)
            process.send_signal(signal.SIGINT)
        assert embedded.running(var) is None
    finally:
        process.kill()
        embedded.stop(var)


def test_ctrl_c_while_the_servers_start_leaves_none_of_them(tmp_path: Path) -> None:
    """They start before the command itself has begun."""
    var = tmp_path / "var"
    process = flask(var, "up", "--no-demo")
    try:
        while embedded.running(var) is None:
            assert process.poll() is None, (var / "output").read_text()
            time.sleep(0.01)
        assert stop(process, signal.SIGINT) != 0
        assert "Traceback" not in (var / "output").read_text()
        assert embedded.running(var) is None
    finally:
        process.kill()
        embedded.stop(var)


def test_a_ctrl_c_that_a_library_swallows_still_stops_the_servers(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path / "var", database_url=None, redis_url=None)
    with pytest.raises(KeyboardInterrupt), leaving_nothing(settings):
        resolve(settings)
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert embedded.running(settings.var_dir) is None
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_ctrl_c_that_is_ignored_stays_ignored_while_the_servers_start(tmp_path: Path) -> None:
    """As in the background of a shell, and in a web worker whose parent is told."""
    settings = Settings(var_dir=tmp_path / "var", database_url=None, redis_url=None)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with leaving_nothing(settings):
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_servers_that_ran_before_outlive_a_ctrl_c_at_the_start(tmp_path: Path) -> None:
    var = tmp_path / "var"
    before = embedded.start(var)
    try:
        process = flask(var, "db", "current")
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        process.wait(30)
        assert embedded.running(var) == before
    finally:
        embedded.stop(var)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_at_any_time_stops_the_servers(tmp_path: Path, number: signal.Signals) -> None:
    var = tmp_path / "var"
    process = flask(var, "up")
    try:
        wait_for(lambda: "database schema" in (var / "output").read_text(), 60)  # the demo is being loaded
        assert stop(process, number) == 128 + number
        assert embedded.running(var) is None
    finally:
        process.kill()
        embedded.stop(var)


def test_a_closed_terminal_stops_everything(tmp_path: Path) -> None:
    var = tmp_path / "var"
    process = flask(var, "up", "--no-demo")
    try:
        run_json(var, process)
        assert stop(process, signal.SIGHUP) == 0
        assert not (var / "run.json").exists()
        assert embedded.running(var) is None
    finally:
        process.kill()
        embedded.stop(var)


def _runs(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
