"""What a couple submitted, as lines that a person can read. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

MOST = 60
LABELS = {
    "your_name": "Name",
    "partner_name": "Partner",
    "guest_count": "Guests",
    "consent_data_processing": "Agrees to data processing",
    "consent_marketing": "Agrees to marketing",
}


def lines(payload: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each thing said with its name, in the order it was sent; what was left empty is left out."""
    found = [pair for name, value in payload.items() for pair in _told(name, value)]
    return found[:MOST]


def _told(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for inner, said in value.items():
            yield from _told(f"{name} {inner}", said)
    elif isinstance(value, bool):
        yield _label(name), "Yes" if value else "No"
    elif isinstance(value, list):
        if value:
            yield _label(name), ", ".join(map(str, value))
    elif value not in (None, ""):
        yield _label(name), str(value)


def _label(name: str) -> str:
    return LABELS.get(name) or name.replace("_", " ").capitalize()
