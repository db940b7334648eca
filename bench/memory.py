"""What web, worker and ticker take at rest, after each has done something once."""

import time
from pathlib import Path

import psutil

from bench.capture import posts
from bench.house import opened
from bench.report import Table

REST = 20
"""Seconds between the last inquiry and the look."""
HEAD = ("process", "how many", "RSS MiB", "PSS MiB")
NOTE = """\
At rest, {rest} s after some inquiries went all the way. RSS counts pages that processes share once for
each of them, PSS (`/proc/<pid>/smaps_rollup`) divides them, so only PSS adds up.
"""


def measure(_seconds: float) -> Table:
    """One row a process, and their sum."""
    with opened() as house, house.running("web", "worker", "ticker") as processes:
        posts(house, 4, 2)
        time.sleep(REST)
        found = {name: _tree(process) for name, process in processes.items()}
    found["together"] = [size for sizes in found.values() for size in sizes]
    return Table(HEAD, [_row(name, sizes) for name, sizes in found.items()], NOTE.format(rest=REST))


def _row(name: str, sizes: list[tuple[float, float]]) -> tuple[str, ...]:
    return (
        name,
        str(len(sizes)),
        f"{sum(rss for rss, _ in sizes):.0f}",
        f"{sum(pss for _, pss in sizes):.0f}",
    )


def _tree(process: psutil.Process) -> list[tuple[float, float]]:
    return [_sizes(one) for one in [process, *process.children(recursive=True)]]


def _sizes(process: psutil.Process) -> tuple[float, float]:
    """RSS and PSS in MiB, as the kernel counts them."""
    told = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    kilobytes = {line.split(":")[0]: line.split() for line in told.splitlines()[1:]}
    return int(kilobytes["Rss"][1]) / 1024, int(kilobytes["Pss"][1]) / 1024
