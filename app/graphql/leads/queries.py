"""`lead` and `leads`."""

from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

from app.accounts.queries import supplier
from app.graphql.context import Info, reading
from app.graphql.declare import field, value
from app.graphql.leads.filters import LeadFilter, LeadOrder, applied, filters
from app.graphql.leads.summary import LeadConnection
from app.graphql.leads.types import Lead
from app.graphql.paging import After, First
from app.graphql.payload import row_of
from app.graphql.read import Rows, page
from app.kernel.zones import zone
from app.leads.filters import LeadFilters
from app.leads.queries import listed
from app.leads.search import settle
from app.models import leads as models

UTC = ZoneInfo("UTC")


@value
class LeadQueries:
    @field(Lead | None)
    def lead(self, id: UUID) -> Rows:
        """The lead with this id; null when there is none."""
        return row_of(models.Lead, id)

    @field(LeadConnection)
    def leads(
        self,
        info: Info,
        filter: LeadFilter | None = None,
        order_by: LeadOrder | None = None,
        first: First = None,
        after: After = None,
    ) -> Rows:
        """The leads, the newest first unless ordered otherwise."""
        chosen = filters(filter, order_by)
        if chosen.search:
            chosen = settle(reading(info), chosen)
        found = page(chosen.order, first, after, *listed(chosen, _zone(info, chosen)))
        told = {"filters_applied": applied(chosen), "is_similar": chosen.is_similar}
        return replace(found, told=told, standing=not (chosen.search or _by_day(chosen)))


def _zone(info: Info, chosen: LeadFilters) -> ZoneInfo:
    """The supplier's zone, asked for only when days of creation are."""
    return zone(supplier(reading(info)).timezone) if _by_day(chosen) else UTC


def _by_day(chosen: LeadFilters) -> bool:
    return bool(chosen.created_from or chosen.created_to)
