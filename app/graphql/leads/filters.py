"""The arguments of `leads`; their bounds are those of the one model that every surface uses."""

from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

import strawberry
from strawberry.utils.str_converters import to_camel_case

from app.graphql.declare import given
from app.kernel.schema import validate
from app.leads.filters import LeadFilters, LeadSort
from app.models.choices import LeadStatus, Priority


class SortOrder(StrEnum):
    ASC = "asc"
    DESC = "desc"


@given
class LeadFilter:
    """All that are given must hold; null and an empty list filter nothing. Days are inclusive."""

    status: list[LeadStatus] | None = strawberry.field(
        default=None, description="Any of these. Spam and duplicates are listed only when they are asked for."
    )
    source: list[str] | None = strawberry.field(
        default=None, description="Any of these names or slugs of sources."
    )
    assigned_to: UUID | None = None
    unassigned: bool = strawberry.field(default=False, description="Only leads of nobody.")
    priority: list[Priority] | None = None
    score_min: int | None = None
    score_max: int | None = None
    wedding_date_from: date | None = None
    wedding_date_to: date | None = None
    created_from: date | None = strawberry.field(
        default=None, description="A day in the supplier's time zone."
    )
    created_to: date | None = strawberry.field(default=None, description="A day in the supplier's time zone.")
    tags: list[str] | None = strawberry.field(default=None, description="Any of these.")
    search: str | None = strawberry.field(
        default=None,
        description=(
            "Every word must occur in names, e-mails, phones, venue, location, tags, requirements or notes, "
            "in any order. When nothing matches, the most similar leads are listed, the best first."
        ),
    )


@given
class LeadOrder:
    """Nulls come last in either direction, and the id breaks ties."""

    by: LeadSort = LeadSort.CREATED_AT
    direction: SortOrder = SortOrder.DESC


def filters(filter: LeadFilter | None, order: LeadOrder | None) -> LeadFilters:
    """The filter and order as the feature has them; InvalidInput names what is out of bounds."""
    chosen: dict[str, Any] = {}
    if filter is not None:
        chosen = {field.name: getattr(filter, field.name) for field in fields(filter)}
        if chosen.pop("unassigned"):
            chosen["assigned_to"] = "nobody"
    if order is not None:
        chosen |= {"sort_by": order.by, "sort_order": order.direction.value}
    return validate(LeadFilters, {name: value for name, value in chosen.items() if value is not None})


def applied(chosen: LeadFilters) -> dict[str, Any]:
    """The filters in force, under the names of `LeadFilter`."""
    given = chosen.model_dump(mode="json", exclude={"sort_by", "sort_order"}, exclude_defaults=True)
    if given.get("assigned_to") == "nobody":
        given |= {"unassigned": given.pop("assigned_to") == "nobody"}
    return {to_camel_case(name): value for name, value in given.items()}
