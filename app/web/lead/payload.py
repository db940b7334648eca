"""What a couple submitted, as lines that a person can read. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

MOST = 60
LABELS = {
    "your_name": "Name",
    "partner_name": "Partner",
    "email": "E-mail",
    "phone": "Phone",
    "wedding_date": "Wedding date",
    "venue": "Venue",
    "location": "Place",
    "guest_count": "Guests",
    "budget": "Budget",
    "services": "Services",
    "message": "Message",
    "consent_data_processing": "Agrees to data processing",
    "consent_marketing": "Agrees to marketing",
}
"""What our own form asks, in its order; JSONB keeps none."""


def lines(payload: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each thing said with its name: what our form asks first, then the rest by name. Empty is left out."""
    order = {name: place for place, name in enumerate(LABELS)}
    names = sorted(payload, key=lambda name: (order.get(name, len(order)), name))
    found = [pair for name in names for pair in _told(name, payload[name])]
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
