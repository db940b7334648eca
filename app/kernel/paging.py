"""Pages of a list: keyset cursors over (sort value, id), never OFFSET.

A cursor is the base64url of the JSON array `[sort, value, id]`; it is a position, not a secret, and
it fits only the sort that made it. PostgreSQL writes the same form in `app/graphql/read/`.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from uuid import UUID

from app.kernel.errors import InvalidInput

MOST = 100
"""The largest page of any list."""
LONGEST = 2000
"""Characters of a cursor; those of the longest names stay below."""


@dataclass(frozen=True)
class Position:
    """Where a page begins: after the row with this sort value (as JSON has it) and id."""

    sort: str
    value: str | int | float | None
    id: UUID


def page_size(first: int | None, *, default: int = 25, most: int = MOST, field: str = "first") -> int:
    """`first`, or the default; InvalidInput outside 1..`most`."""
    if first is None:
        return default
    if not 1 <= first <= most:
        raise InvalidInput.of(
            field, "out_of_range", f"'{field}' is {first}; it must be between 1 and {most}."
        )
    return first


def encode(position: Position) -> str:
    raw = json.dumps([position.sort, position.value, str(position.id)], separators=(",", ":"))
    return urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def decode(cursor: str, sort: str) -> Position:
    """The position; InvalidInput when the cursor is not one of ours or belongs to another sort."""
    try:
        if len(cursor) > LONGEST:
            raise ValueError(f"more than {LONGEST} characters")
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        made_for, value, row = json.loads(urlsafe_b64decode(padded))
        if isinstance(value, str) and "\x00" in value.encode().decode():
            raise ValueError("PostgreSQL keeps no NUL")
        position = Position(made_for, value, UUID(row))
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise InvalidInput.of("after", "bad_cursor", "'after' is not a cursor of this list.") from None
    if isinstance(value, dict | list | bool):
        raise InvalidInput.of("after", "bad_cursor", "'after' is not a cursor of this list.")
    if position.sort != sort:
        raise InvalidInput.of("after", "foreign_cursor", f"'after' was made for another sort than '{sort}'.")
    return position
