"""What the address of the list says: filters and sort, presentation, columns, way of paging, place."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field
from werkzeug.datastructures import MultiDict

from app.kernel.errors import InvalidInput
from app.kernel.schema import Schema, validate
from app.leads.filters import LeadFilters, LeadSort
from app.leads.pipeline import LANES
from app.models.choices import LeadStatus, Presentation
from app.models.saved_views import SavedView
from app.web import listing
from app.web.lead_list.columns import USUAL, Column
from app.web.lead_list.wording import in_words

LISTS = ("status", "source", "priority", "tags", "columns", "more")
SIZES = (25, 50, 100)
LONGEST_ADDRESS = 8000
LANE, LANE_STEP, LANE_MOST = 15, 25, 100
"""Cards of a lane at first, how many more each time, and how many at most."""


SORTS = {
    LeadSort.CREATED_AT: "Inquiry date",
    LeadSort.LEAD_SCORE: "Score",
    LeadSort.WEDDING_DATE: "Wedding date",
    LeadSort.NEXT_FOLLOW_UP: "Follow-up",
    LeadSort.UPDATED_AT: "Last change",
}


class Shape(Schema):
    """How the filtered leads are laid out; what is absent is as usual."""

    view: Presentation = Presentation.LIST
    columns: Annotated[list[Column], Field(max_length=len(Column))] = Field(default_factory=list)
    paging: Literal["pages", "endless"] = "pages"
    more: Annotated[list[LeadStatus], Field(max_length=40)] = Field(default_factory=list)
    """Lanes of the pipeline that were lengthened, named once for each time."""

    @property
    def shown(self) -> list[Column]:
        """The columns in the order of the list."""
        chosen = self.columns or USUAL
        return [column for column in Column if column in chosen]

    def sizes(self, filters: LeadFilters) -> dict[LeadStatus, int]:
        """How many cards each lane of the pipeline shows, from left to right."""
        statuses = [status for status in LeadStatus if status in (filters.status or LANES)]
        return {s: min(LANE_MOST, LANE + LANE_STEP * self.more.count(s)) for s in _as_lanes(statuses)}


def _as_lanes(statuses: list[LeadStatus]) -> list[LeadStatus]:
    return sorted(statuses, key=lambda status: (*LANES, status).index(status))


@dataclass(frozen=True)
class State:
    """The whole of what an address says."""

    filters: LeadFilters
    shape: Shape
    place: listing.Place

    @property
    def said(self) -> dict[str, Any]:
        """What it says, place and page size apart; only what is not as usual."""
        return _said(self.filters) | _said(self.shape) | self._columns()

    def _columns(self) -> dict[str, Any]:
        return {"columns": None if tuple(self.shape.shown) == USUAL else self.shape.shown}

    @property
    def address(self) -> listing.Address:
        size = None if self.place.limit == SIZES[0] else self.place.limit
        return listing.Address("leads.index", self.said, size)

    @property
    def here(self) -> str:
        """The address itself."""
        return self.address(after=self.place.after, before=self.place.before)

    def is_of(self, kept: SavedView) -> bool:
        """Does it show what the saved view shows?"""
        same_columns = list(kept.columns or USUAL) == list(self.shape.shown)
        same_look = kept.presentation in (None, self.shape.view)
        return same_columns and same_look and _said(self.filters) == kept.filters


def _said(part: Schema) -> dict[str, Any]:
    return part.model_dump(mode="json", exclude_defaults=True)


def read(args: "MultiDict[str, str]") -> State:
    """The state that an address says; InvalidInput, in people's words, when there is no such list."""
    query, place = _query(args), {name: args[name] for name in listing.PLACE & args.keys()}
    shape = {name: query.pop(name) for name in Shape.model_fields.keys() & query.keys()}
    try:
        state = State(validate(LeadFilters, query), validate(Shape, shape), validate(listing.Place, place))
        state.place.cut()
    except InvalidInput as error:
        raise in_words(error, args) from None
    return state


def address_of(kept: SavedView, look: str | None = None) -> str:
    """Where the list shows the saved view, in its own presentation or else in that one."""
    said = {**kept.filters, "columns": kept.columns or None, "view": kept.presentation or look}
    return listing.Address("leads.index", said)()


def read_address(address: str) -> State:
    """The state of an address of the list that a form brought along; without a query the usual list."""
    pairs = parse_qsl(urlsplit(address[:LONGEST_ADDRESS]).query)
    return read(MultiDict(pairs))


def _query(args: "MultiDict[str, str]") -> dict[str, Any]:
    """Everything but the place. Blank is absent, and what may be said more than once is a list."""
    found: dict[str, Any] = {}
    for name in args.keys() - listing.PLACE - {"seen"}:
        values = [value for value in args.getlist(name) if value.strip()]
        if values:
            found[name] = values if name in LISTS else values[-1]
    return found
