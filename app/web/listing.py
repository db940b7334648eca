"""The state of a list, which is its address: filters and the place in it, read from the query string."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from flask import request, url_for
from pydantic import Field

from app.kernel.keyset import Cut
from app.kernel.paging import LONGEST, page_size
from app.kernel.schema import Schema, validate

Cursor = Annotated[str, Field(max_length=LONGEST)]


class Place(Schema):
    """Where in a list: how many rows, after or before which one."""

    limit: int | None = None
    after: Cursor | None = None
    before: Cursor | None = None

    def cut(self, default: int = 25) -> Cut:
        """InvalidInput for a size outside 1..100."""
        return Cut(page_size(self.limit, default=default, field="limit"), self.after, self.before)


PLACE = frozenset(Place.model_fields)


def place() -> Place:
    """The place that the address names; InvalidInput when it cannot be one."""
    return validate(Place, {name: request.args[name] for name in PLACE & request.args.keys()})


def query(lists: Iterable[str] = (), ignored: Iterable[str] = ()) -> dict[str, Any]:
    """What else the address says: blank is absent, and names in `lists` may be said more than once."""
    found: dict[str, Any] = {}
    for name in request.args.keys() - PLACE - set(ignored):
        values = [value for value in request.args.getlist(name) if value.strip()]
        if values:
            found[name] = values if name in lists else values[-1]
    return found


@dataclass(frozen=True)
class Address:
    """The address of the list as it stands, and of lists that differ in some point."""

    endpoint: str
    query: dict[str, Any]
    limit: int | None = None

    def __call__(self, **changes: Any) -> str:
        """With `changes`; a change to None leaves the name out. The place is left unless it is a change."""
        named = self.query | {"limit": self.limit} | changes
        return url_for(self.endpoint, **{name: value for name, value in named.items() if value is not None})
