"""The filters in force, each as a chip that takes it away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.leads.filters import LeadFilters
from app.web.formats import day, words
from app.web.listing import Address

SPANS = (
    ("Score", "score_min", "score_max"),
    ("Wedding", "wedding_date_from", "wedding_date_to"),
    ("Inquired", "created_from", "created_to"),
)
MANY = ("status", "source", "priority", "tags")


@dataclass(frozen=True)
class Chip:
    """What is filtered by, and the address of the list without it."""

    text: str
    without: str


@dataclass(frozen=True)
class Names:
    """What sources (by slug) and members (by id) are called."""

    sources: Mapping[str, str]
    members: Mapping[UUID, str]


def chips(filters: LeadFilters, address: Address, names: Names) -> list[Chip]:
    return list(_chips(filters, address, names))


def _chips(filters: LeadFilters, address: Address, names: Names) -> Iterator[Chip]:
    if filters.search:
        yield Chip(f"“{filters.search}”", address(search=None))
    for field in MANY:
        chosen: list[str] = getattr(filters, field)
        for value in chosen:
            others = [str(other) for other in chosen if other != value]
            yield Chip(_called(field, value, names), address(**{field: others or None}))
    if filters.assigned_to:
        yield Chip(_assignee(filters.assigned_to, names), address(assigned_to=None))
    for label, least, most in SPANS:
        low, high = getattr(filters, least), getattr(filters, most)
        if low is not None or high is not None:
            yield Chip(f"{label} {_span(low, high)}", address(**{least: None, most: None}))


def _called(field: str, value: str, names: Names) -> str:
    if field == "source":
        return names.sources.get(value, value)
    return f"#{value}" if field == "tags" else words(value) + (" priority" if field == "priority" else "")


def _assignee(who: Any, names: Names) -> str:
    return "Nobody assigned" if who == "nobody" else f"With {names.members.get(who, 'a former member')}"


def _span(low: Any, high: Any) -> str:
    if low is not None and high is not None:
        return f"{_plain(low)} to {_plain(high)}"
    return f"from {_plain(low)}" if low is not None else f"up to {_plain(high)}"


def _plain(value: Any) -> str:
    return str(value) if isinstance(value, int) else day(value)
