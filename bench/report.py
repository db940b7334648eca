"""The tables of bench/README.md: each part rewrites its own, and says what machine it ran on."""

import os
import platform
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

README = Path(__file__).with_name("README.md")


@dataclass(frozen=True)
class Table:
    """A heading row, rows, and what one must know to read them."""

    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str

    def text(self) -> str:
        """Markdown; all columns but the first are flush right."""
        rule = ("---", *["---:"] * (len(self.head) - 1))
        lines = [f"| {' | '.join(cells)} |" for cells in (self.head, rule, *self.rows)]
        return "\n".join([*lines, "", textwrap.fill(" ".join(self.note.split()), 106)])


def machine() -> str:
    """What the numbers depend on, and nothing that tells whose machine it is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = platform.python_version()
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {python}"


def write(part: str, table: Table) -> None:
    """Put the table between the part's marks in the README."""
    when = f"_Measured {datetime.now(UTC):%Y-%m-%d} on {machine()}._"
    begin, end = f"<!-- {part} -->", f"<!-- /{part} -->"
    fresh = f"{begin}\n{table.text()}\n\n{when}\n{end}"
    known = README.read_text()
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(known):
        raise ValueError(f"{README.name} has no place marked {begin}")
    README.write_text(pattern.sub(lambda _: fresh, known))
