"""From nothing to the first page: `make run` in a fresh clone, by phase, and once more when it is set up."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from app.settings import ROOT
from bench.report import Table

PATIENCE = 900
"""Seconds that the set-up may take."""
HEAD = ("phase", "first run, s", "second run, s")
NOTE = """\
`make run` in a fresh clone of the last commit, with empty caches of pip and npm, until the first page was
answered in full; then Ctrl-C and `make run` again. Phases as set-up and `flask up` print them; packages
and assets install side by side, so the phases may sum to more than the whole.
"""
_SETUP = re.compile(r"(?P<name>[A-Z][\w &]+): (?P<seconds>\d+) s")
_UP = re.compile(r"  (?P<name>[a-z][\w, ]+?) +(?P<seconds>\d+\.\d) s")
WHOLE = "first page, in all"


def measure(_seconds: float) -> Table:
    """Clone, run twice. Needs a commit to clone and a network to install from."""
    place = Path(tempfile.mkdtemp(prefix="wedsync-cold-"))
    try:
        clone = place / "clone"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        first, second = _run(clone, place), _run(clone, place)
    finally:
        subprocess.run(["make", "-s", "-C", place / "clone", "stop"], check=False)
        for link in (path for path in (place / "clone" / "var").glob("*") if path.is_symlink()):
            shutil.rmtree(link.resolve(), ignore_errors=True)
        shutil.rmtree(place, ignore_errors=True)
    rows = [(name, _shown(first, name), _shown(second, name)) for name in dict.fromkeys([*first, *second])]
    rows.sort(key=lambda row: row[0] == WHOLE)
    return Table(HEAD, rows, NOTE)


def _shown(phases: dict[str, float], name: str) -> str:
    return f"{phases[name]:.1f}" if name in phases else "-"


def _run(clone: Path, place: Path) -> dict[str, float]:
    """One `make run` until its page is there, then Ctrl-C; seconds by phase."""
    kept = _environment(place)
    log = place / "log"
    noted = clone / "var" / "run.json"
    before = _written(noted)
    began = time.monotonic()
    with log.open("w") as out:
        made = subprocess.Popen(
            ["make", "run"], cwd=clone, env=kept, stdout=out, stderr=out, start_new_session=True
        )
        try:
            _wait(lambda: made.poll() is not None or _written(noted) != before)
            _wait(lambda: made.poll() is not None or _first_page(noted))
            whole = time.monotonic() - began
            if made.poll() is not None:
                raise RuntimeError(f"make run ended before its first page:\n{log.read_text()[-2000:]}")
        finally:
            os.killpg(made.pid, signal.SIGINT)
            made.wait(60)
    return _phases(log.read_text()) | {WHOLE: whole}


def _environment(place: Path) -> dict[str, str]:
    """Ours, with empty caches, and nothing that leads back to this checkout or to other servers."""
    left_out = {"DATABASE_URL", "REDIS_URL", "VAR_DIR", "VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    path = [part for part in os.environ["PATH"].split(os.pathsep) if not part.startswith(str(ROOT))]
    caches = {"PIP_CACHE_DIR": str(place / "pip"), "npm_config_cache": str(place / "npm")}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return kept | caches | {"PATH": os.pathsep.join(path), "PORT": "0", "PYTHONUNBUFFERED": "1"}


def _written(noted: Path) -> float | None:
    return noted.stat().st_mtime if noted.exists() else None


def _wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            raise TimeoutError("make run does not come to its first page")
        time.sleep(0.02)


def _first_page(noted: Path) -> bool:
    """Is the front page (it leads to the sign-in) answered in full?"""
    try:
        with urllib.request.urlopen(json.loads(noted.read_text())["url"], timeout=10) as page:
            return page.status == 200 and bool(page.read())
    except (OSError, ValueError):
        return False


def _phases(said: str) -> dict[str, float]:
    found = [
        match
        for line in said.splitlines()
        for match in [_SETUP.fullmatch(line) or _UP.fullmatch(line)]
        if match
    ]
    return {match["name"]: float(match["seconds"]) for match in found}
