"""Relay connections (https://relay.dev/graphql/connections.htm), forwards only: the types of every list."""

from typing import Annotated, Generic, TypeVar

import strawberry

from app.graphql.declare import value

MOST_COUNTED = 50_000

T = TypeVar("T")

First = Annotated[int | None, strawberry.argument(description="At most this many, from 1 to 100.")]
After = Annotated[
    str | None, strawberry.argument(description="Go on after this cursor of a list in the same order.")
]


@value
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool
    has_previous_page: bool = strawberry.field(description="Was the page asked for after a cursor?")
    start_cursor: str | None
    end_cursor: str | None


@value
class Edge(Generic[T]):
    """A row of a page and its cursor."""

    cursor: str
    node: T


@value
class Connection(Generic[T]):
    """A page of a list."""

    edges: list[Edge[T]]
    nodes: list[T]
    page_info: PageInfo
    total_count: int = strawberry.field(
        metadata={"cost": 50},
        description=f"Rows on all pages, counted up to {MOST_COUNTED:,}: one more than that means more.",
    )
