"""The `flask` commands: `up`, `demo`, `graphql-schema`."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import click
from flask import Flask, current_app
from flask_migrate import upgrade
from sqlalchemy import text

from app import embedded
from app.boot import check_database, check_schema
from app.demo import DemoAccess, Plan, demo_is_begun, demo_is_loaded, load_demo, renew_access
from app.graphql.schema import sdl
from app.kernel import clock
from app.kernel.db import owner_engine
from app.kernel.errors import Conflict
from app.settings import Settings
from app.supervisor import Supervisor, choose_port, only_one, run_file, told_to_stop


def install(app: Flask) -> None:
    for command in (up, demo, graphql_schema):
        app.cli.add_command(command)


@click.command("up")
@click.option(
    "--demo/--no-demo", "with_demo", default=True, help="Load the demo supplier into an empty database."
)
def up(with_demo: bool) -> None:
    """Run everything on this machine: database, queue, web, worker, ticker."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    settings: Settings = app.extensions["settings"]
    with only_one(settings), told_to_stop(_leave):
        run_file(settings).unlink(missing_ok=True)  # it is there while we are ready, and only then
        try:
            _up(choose_port(settings), with_demo and settings.environment != "production")
        finally:
            with told_to_stop(_already_leaving):
                run_file(settings).unlink(missing_ok=True)
                embedded.stop(settings.var_dir)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _already_leaving(_signal: int, _frame: FrameType | None) -> None:
    """A second Ctrl-C changes nothing: the servers would be left running."""


def _up(settings: Settings, with_demo: bool) -> None:
    check_database(settings)
    _phase("database schema", lambda: upgrade())
    access = _phase("demo data", lambda: _demo_access(settings)) if with_demo else None
    began = time.perf_counter()
    Supervisor(settings).run(lambda: _announce(settings, access, began))


def _phase(name: str, work: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    result = work()
    click.echo(f"  {name:<28} {time.perf_counter() - began:6.1f} s")
    return result


def _demo_access(settings: Settings) -> dict[str, Any] | None:
    """The demo's sign-in: of a demo loaded now, as it was noted, or a new one when the note is lost.

    What was entered into a demo stays; only a load that was cut short is done again.
    """
    noted = _noted(settings)
    with owner_engine(settings.database_url or "").connect() as connection:
        empty = not connection.execute(text("select exists (select from users)")).scalar_one()
    if demo_is_loaded():
        return noted or _note(settings, renew_access())
    if empty or demo_is_begun():
        plan = Plan(now=clock.now(), replace=True)
        return _note(settings, load_demo(plan, lambda _line: None))
    return None


_ACCESS = ("email", "password", "api_token", "form_key")


def _as_noted(access: DemoAccess) -> dict[str, Any]:
    return {key: getattr(access, key) for key in _ACCESS}


def _note(settings: Settings, access: DemoAccess) -> dict[str, Any]:
    """Write the way in down at once: it is told nowhere else."""
    noted = _as_noted(access)
    _write(_demo_file(settings), noted)
    return noted


def _noted(settings: Settings) -> dict[str, Any] | None:
    try:
        noted = json.loads(_demo_file(settings).read_text())
        return {key: noted[key] for key in _ACCESS}
    except (OSError, ValueError, KeyError):
        return None


def _demo_file(settings: Settings) -> Path:
    return settings.var_dir / "demo.json"


def _write(path: Path, told: dict[str, Any]) -> None:
    """All at once and for our eyes only (mode 0600): there is a password in it."""
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(told, indent=2) + "\n")
    fresh.replace(path)


def _announce(settings: Settings, access: dict[str, Any] | None, began: float) -> None:
    """Say where to click, and write the same to `var/run.json`."""
    url = settings.base_url
    click.echo(f"  {'web, worker, ticker':<28} {time.perf_counter() - began:6.1f} s\n")
    if access:
        click.echo(f"  Open          {url}/\n  Sign in       {access['email']}  {access['password']}")
        click.echo(
            f"  Demo website  {url}/demo-site/  (with the inquiry widget)\n  Outbox        {url}/outbox"
        )
        click.echo(f"  GraphiQL      {url}/graphql     (API token in var/run.json)")
    else:
        click.echo(f"  Open          {url}/            (no demo here; sign in, or open an account)")
    click.echo("  Stop          Ctrl-C\n")
    _write(run_file(settings), {"url": url, **(access or {})})


@click.command("demo")
@click.option("--leads", default=400, type=click.IntRange(1, 10_000_000), help="How many leads.")
@click.option("--suppliers", default=1, type=click.IntRange(1, 10_000), help="Over how many suppliers.")
@click.option("--seed", default=351, help="The same seed makes the same people.")
@click.option("--replace", is_flag=True, help="Delete an earlier demo first.")
def demo(leads: int, suppliers: int, seed: int, replace: bool) -> None:
    """Load demo data."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    check_database(app.extensions["settings"])
    check_schema(app)
    plan = Plan(now=clock.now(), leads=leads, suppliers=suppliers, seed=seed, replace=replace)
    try:
        access = load_demo(plan, click.echo)
    except Conflict as error:
        raise click.ClickException(error.message) from None
    click.echo(json.dumps(_as_noted(access), indent=2))


@click.command("graphql-schema")
def graphql_schema() -> None:
    """Print the GraphQL schema in SDL."""
    click.echo(sdl(), nl=False)
