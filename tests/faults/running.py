"""A whole WedSync in processes of its own, for tests that hurt it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.settings import ROOT

CLEAN = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "PORT")}


def flask(var: Path, *args: str, **environment: str) -> "subprocess.Popen[str]":
    """`flask --app wsgi …` with its data under `var`; output is in `var/output`."""
    var.mkdir(parents=True, exist_ok=True)
    output = (var / "output").open("a")
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", *args],
        cwd=ROOT,
        env={**CLEAN, "VAR_DIR": str(var), "PORT": "0", "TICKER_SECONDS": "1", **environment},
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # whoever runs us may ignore it
    )


def wait_for(what: Callable[[], Any], seconds: float = 60, *, saying: Callable[[], str] = str) -> Any:
    """The first truthy value of `what`, asked again and again; AssertionError when the time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"did not happen within {seconds} s: {saying()}")


def run_json(var: Path, process: "subprocess.Popen[str]") -> dict[str, Any]:
    """What `flask up` announced, once it has."""

    def announced() -> Any:
        assert process.poll() is None, (var / "output").read_text()
        path = var / "run.json"
        try:
            told = json.loads(path.read_text())
            return told if "url" in told else None
        except (OSError, ValueError):
            return None

    return dict(wait_for(announced, 120, saying=(var / "output").read_text))


def stop(process: "subprocess.Popen[str]", number: int = signal.SIGINT) -> int:
    process.send_signal(number)
    return process.wait(30)


def processes_below(var: Path) -> list[int]:
    """Processes that work on this `var`: whose command line or environment names it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if str(var).encode() in words and state != "Z" and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found
