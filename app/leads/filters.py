"""Which leads a list shows: the specification's LeadsListRequest, and the criteria it stands for."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, model_validator
from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true

from app.kernel.keyset import Order
from app.kernel.schema import Label, Schema, WeddingDate
from app.kernel.zones import day_start
from app.leads.words import terms
from app.models.choices import UNCOUNTED_STATUSES, LeadStatus, Priority
from app.models.leads import Lead
from app.models.sources import LeadSource

Score = Annotated[int, Field(ge=0, le=100)]


class LeadSort(StrEnum):
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    LEAD_SCORE = "lead_score"
    WEDDING_DATE = "wedding_date"
    NEXT_FOLLOW_UP = "next_follow_up"


COUNTED = Lead.lead_status.not_in(UNCOUNTED_STATUSES)
"""Spam and duplicates are in no figure and no list that does not ask for them."""
_COLUMNS = {
    LeadSort.CREATED_AT: Lead.created_at,
    LeadSort.UPDATED_AT: Lead.updated_at,
    LeadSort.LEAD_SCORE: Lead.lead_score,
    LeadSort.WEDDING_DATE: Lead.wedding_date,
    LeadSort.NEXT_FOLLOW_UP: Lead.next_follow_up_at,
}


class LeadFilters(Schema):
    """An empty list and an absent value filter nothing; all that are given must hold. Days are inclusive."""

    status: Annotated[list[LeadStatus], Field(max_length=len(LeadStatus))] = Field(default_factory=list)
    source: Annotated[list[Label], Field(max_length=50)] = Field(default_factory=list)
    """Names or slugs of sources."""
    assigned_to: UUID | Literal["nobody"] | None = None
    priority: Annotated[list[Priority], Field(max_length=len(Priority))] = Field(default_factory=list)
    score_min: Score | None = None
    score_max: Score | None = None
    wedding_date_from: WeddingDate | None = None
    wedding_date_to: WeddingDate | None = None
    created_from: WeddingDate | None = None
    created_to: WeddingDate | None = None
    tags: Annotated[list[Label], Field(max_length=30)] = Field(default_factory=list)
    """Any of these."""
    search: Annotated[str, Field(max_length=100)] | None = None
    sort_by: LeadSort = LeadSort.CREATED_AT
    sort_order: Literal["asc", "desc"] = "desc"

    _found: tuple[UUID, ...] | None = PrivateAttr(None)
    _is_settled: bool = PrivateAttr(False)
    _is_similar: bool = PrivateAttr(False)

    @model_validator(mode="after")
    def _ranges(self) -> "LeadFilters":
        for what, least, most in (
            ("score", self.score_min, self.score_max),
            ("wedding date", self.wedding_date_from, self.wedding_date_to),
            ("inquiry date", self.created_from, self.created_to),
        ):
            if least is not None and most is not None and least > most:  # type: ignore[operator]
                raise ValueError(f"the lowest {what}, {least}, is above the highest, {most}")
        return self

    @property
    def is_settled(self) -> bool:
        """Has the search been looked up? (`search.settle`)"""
        return self._is_settled

    @property
    def is_similar(self) -> bool:
        """Did the search match nothing exactly, so that the most similar leads are listed?"""
        return self._is_similar

    def settled(self, found: Sequence[UUID] | None, *, similar: bool = False) -> "LeadFilters":
        """The same with its search looked up: those leads, the best first if they are similar ones; with
        None too many match to name them."""
        known = self.model_copy()
        known._found = None if found is None else tuple(found)
        known._is_settled, known._is_similar = True, similar
        return known

    @property
    def order(self) -> Order:
        """The sort, for a keyset page; nulls come last. Similar leads stand by their similarity."""
        if self._is_similar:
            return Order("similarity", Lead.created_at, Lead.id, descending=False, ranked=self._found)
        name = f"{'-' if self.sort_order == 'desc' else ''}{self.sort_by}"
        return Order(name, _COLUMNS[self.sort_by], Lead.id, self.sort_order == "desc")

    def is_narrowed(self) -> bool:
        """Does anything but the sort narrow the list?"""
        return bool(self.model_dump(exclude={"sort_by", "sort_order"}, exclude_defaults=True))


def criteria(filters: LeadFilters, where: ZoneInfo) -> list[ColumnElement[bool]]:
    """What a lead must fulfil; days are those of the supplier's zone."""
    found = [
        *_choices(filters),
        *_between(Lead.lead_score, filters.score_min, filters.score_max),
        *_between(Lead.wedding_date, filters.wedding_date_from, filters.wedding_date_to),
        *_created(filters, where),
        *matching(filters),
    ]
    if filters.tags:
        found.append(Lead.tags.bool_op("&&")(filters.tags))
    return found


def _choices(filters: LeadFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.status:
        found.append(Lead.lead_status.in_(filters.status))
    if filters.priority:
        found.append(Lead.priority_level.in_(filters.priority))
    if filters.assigned_to == "nobody":
        found.append(Lead.assigned_to_user_id.is_(None))
    elif filters.assigned_to:
        found.append(Lead.assigned_to_user_id == filters.assigned_to)
    if filters.source:
        named = [name.lower() for name in filters.source]
        matching = or_(LeadSource.slug.in_(named), func.lower(LeadSource.source_name).in_(named))
        wanted = select(LeadSource.id).where(matching)
        found.append(wanted.exists())  # asked once: an unknown name walks no leads
        found.append(Lead.lead_source_id.in_(wanted))
    return found


def _between(column: Any, least: Any, most: Any) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if least is not None:
        found.append(column >= least)
    if most is not None:
        found.append(column <= most)
    return found


def _created(filters: LeadFilters, where: ZoneInfo) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.created_from:
        found.append(Lead.created_at >= day_start(filters.created_from, where))
    if filters.created_to:
        found.append(Lead.created_at < day_start(_next(filters.created_to), where))
    return found


def _next(on: date) -> date:
    return on + timedelta(days=1)


def matching(filters: LeadFilters) -> list[ColumnElement[bool]]:
    """Every word of the search must occur in the lead's own text; a settled one names its leads.

    Under row level security the planner takes LIKE for something that hardly any row fulfils, and would
    sort all of many. Inside CASE it expects half of the rows, and walks the list's own index.
    """
    if filters._found is not None:
        return [Lead.id.in_(filters._found)]
    found = [term.is_in() for term in terms(filters.search)]
    return [case((and_(*found), true()), else_=false())] if found and filters.is_settled else found


def shown(filters: LeadFilters) -> list[ColumnElement[bool]]:
    """Spam and duplicates are listed only if their status is asked for."""
    return [] if filters.status else [COUNTED]
