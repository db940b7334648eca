"""The floors of docs/architecture.md, and who may do what on them."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import ROOT

SOURCES = [path for top in ("app", "workers") for path in sorted((ROOT / top).rglob("*.py"))]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def test_imports_only_go_down() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_only_the_unit_of_work_commits(path: Path) -> None:
    """A commit anywhere else would end somebody's transaction half-way."""
    if path == ROOT / "app" / "kernel" / "uow.py":
        return
    commits = [
        call.lineno
        for call in calls(path)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "commit"
        and ast.unparse(call.func.value) not in {"self.datastore", "_datastore", "_security.datastore"}
    ]
    assert not commits, f"{name_of(path)} commits at {commits}"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_only_settings_reads_the_environment(path: Path) -> None:
    reads = "os.environ" in path.read_text() or "getenv" in path.read_text()
    allowed = {"app/supervisor.py", "app/health.py", "app/embedded.py"}
    assert not reads or name_of(path) in allowed


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_only_the_clock_asks_what_time_it_is(path: Path) -> None:
    asked = [
        call.lineno
        for call in calls(path)
        if isinstance(call.func, ast.Attribute)
        and ast.unparse(call.func) in {"datetime.now", "date.today", "time.time"}
    ]
    assert not asked or name_of(path) == "app/kernel/clock.py", f"{name_of(path)} at {asked}"
