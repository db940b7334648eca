"""What other leads say about one: is its day free, and may another be the same couple?"""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry

from app.graphql.declare import value
from app.graphql.payload import row_of
from app.graphql.read import Rows
from app.leads.availability import Availability
from app.leads.duplicates import Likeness
from app.models import leads as models

if TYPE_CHECKING:
    from app.graphql.leads.types import Lead

LEAD: Any = Annotated["Lead", strawberry.lazy("app.graphql.leads.types")]


class DayState(StrEnum):
    OPEN = "open"
    HELD = "held"
    BOOKED = "booked"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@value
class DateAvailability:
    """The supplier's calendar on the wedding day; `unknown` while the lead has none."""

    state: DayState
    rivals: int = strawberry.field(description="How many other open leads want the day.")
    by_lead_id: UUID | None = strawberry.field(description="Whom the day is booked or held for.")


@value
class LikelyDuplicate:
    """Another lead that may be the same couple, and why."""

    lead: Rows = strawberry.field(graphql_type=LEAD)
    reasons: list[str]


def of_day(found: Availability) -> DateAvailability:
    """The availability as GraphQL has it."""
    return DateAvailability(state=DayState(found.state), rivals=found.rivals, by_lead_id=found.by_lead_id)


def of_couple(found: Likeness) -> LikelyDuplicate:
    """The likeness as GraphQL has it; the lead is read with what is asked of it."""
    return LikelyDuplicate(lead=row_of(models.Lead, found.lead.id), reasons=found.reasons)
