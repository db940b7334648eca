"""`make bench`: measures, prints and rewrites the tables of bench/README.md.

ARGS="capture memory" measures only these; ARGS="cold" clones and sets up anew, so it needs a network.
"""

import argparse
import signal
import sys
from collections.abc import Callable

from bench import capture, cold, graph, lists, memory, nurture, scores
from bench.report import Table, write

PARTS: dict[str, Callable[[float], Table]] = {
    "capture": capture.measure,
    "graph": graph.measure,
    "lists": lists.measure,
    "scores": scores.measure,
    "nurture": nurture.measure,
    "memory": memory.measure,
    "cold": cold.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all without a word")
    parser.add_argument("--seconds", type=float, default=5, help="each capture measurement lasts (default 5)")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended, too
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"not to be measured: {', '.join(sorted(unknown))}")
    for name in chosen.parts or PARTS:
        print(f"measuring {name} …", flush=True)
        table = PARTS[name](chosen.seconds)
        print(table.text())
        write(name, table)


if __name__ == "__main__":
    main()
