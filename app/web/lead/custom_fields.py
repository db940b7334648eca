"""A lead's own fields as lines of text, `name: value`, and back. Pure.

A value is JSON where it reads as JSON (numbers, true, false, null, lists, quoted text), else plain text.
"""

import json
from typing import Any


def to_lines(fields: dict[str, Any]) -> str:
    return "\n".join(f"{name}: {_shown(value)}" for name, value in fields.items())


def from_lines(text: str) -> dict[str, Any]:
    """ValueError for a line without a name or a colon, and for a name that stands twice."""
    found: dict[str, Any] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not (name and colon):
            raise ValueError(f"Write each line as name: value; this one is not: {line[:60]}")
        if name in found:
            raise ValueError(f"The name {name[:60]} stands twice.")
        found[name] = _read(value)
    return found


def _shown(value: Any) -> str:
    """Text as it is, unless it would be read back as something else."""
    if isinstance(value, str) and _read(value) == value and value == value.strip() and "\n" not in value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _read(value: str) -> Any:
    try:
        return json.loads(value, parse_constant=_refuse)
    except ValueError:
        return value


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
