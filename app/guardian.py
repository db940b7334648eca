"""Ends the process groups it was told of when its standard input closes.

`flask up` holds the other end: however it ends, even by `kill -9`, the pipe closes and its children go.
Run as a file by a bare interpreter; it imports nothing of ours. Lines are `+PGID` and `-PGID`.
"""

import os
import signal
import sys
import time
from contextlib import suppress

PATIENCE = 5.0
"""Seconds between asking and insisting."""


def watch() -> set[int]:
    """Read lines until the pipe closes; the groups that were still running."""
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    return groups


def end(groups: set[int]) -> None:
    for number, pause in ((signal.SIGTERM, PATIENCE), (signal.SIGKILL, 0.0)):
        for group in groups:
            with suppress(ProcessLookupError):
                os.killpg(group, number)
        waited = 0.0
        while waited < pause and any(map(_lives, groups)):
            time.sleep(0.1)
            waited += 0.1


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    for unwanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(unwanted, signal.SIG_IGN)
    end(watch())
