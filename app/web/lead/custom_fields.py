"""A lead's own fields as lines of text, `name: value`, and back. Pure.

A value is JSON where it reads as JSON (numbers, true, false, null, lists, quoted text), else plain text.
A name stands in quotes, as JSON too, where it has a colon or whatever else would end it.
"""

import json
import re
from typing import Any

_QUOTED = re.compile(r'("(?:[^"\\]|\\.)*")\s*:(.*)')


def to_lines(fields: dict[str, Any]) -> str:
    return "\n".join(f"{_named(name)}: {_shown(value)}" for name, value in fields.items())


def from_lines(text: str) -> dict[str, Any]:
    """ValueError for a line without a name or a colon, and for a name that stands twice."""
    found: dict[str, Any] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, value = _split(line)
        if name in found:
            raise ValueError(f"The name {name[:60]} stands twice.")
        found[name] = _read(value)
    return found


def _split(line: str) -> tuple[Any, str]:
    if quoted := _QUOTED.match(line):
        return _read(quoted[1]), quoted[2].strip()
    name, colon, value = (part.strip() for part in line.partition(":"))
    if not (name and colon):
        raise ValueError(f"Write each line as name: value; this one is not: {line[:60]}")
    return name, value


def _named(name: str) -> str:
    is_plain = name and name[0] != '"' and ":" not in name and _is_line(name)
    return name if is_plain else _quoted(name)


def _shown(value: Any) -> str:
    """Text as it is, unless it would be read back as something else."""
    if isinstance(value, str) and _read(value) == value and (not value or _is_line(value)):
        return value
    return _quoted(value)


def _is_line(text: str) -> bool:
    """Is it one line that trimming leaves as it is?"""
    return text == text.strip() and len(text.splitlines()) == 1


def _quoted(value: Any) -> str:
    """As JSON on one line; beside what JSON escapes by itself, three characters end a line."""
    written = json.dumps(value, ensure_ascii=False)
    return written.replace("\x85", "\\u0085").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _read(value: str) -> Any:
    try:
        return json.loads(value, parse_constant=_refuse)
    except (ValueError, RecursionError):  # so many brackets that no reader follows them
        return value


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
