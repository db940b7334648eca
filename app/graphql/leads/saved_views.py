"""Named filters of the lead list: `savedViews`, `createSavedView`, `updateSavedView`, `deleteSavedView`."""

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from app.graphql.accounts.types import Member
from app.graphql.context import Info
from app.graphql.declare import field, given, mutation, value
from app.graphql.errors import within
from app.graphql.leads.filters import LeadFilter, LeadOrder, applied, filters
from app.graphql.paging import First
from app.graphql.payload import Payload, row_of
from app.graphql.read import Rows, computed, expression, one, row, top
from app.kernel.keyset import Order
from app.kernel.schema import validate
from app.leads import views
from app.leads.filters import LeadFilters
from app.leads.schemas import SavedViewWrite
from app.models import accounts
from app.models import saved_views as models
from app.models.choices import Presentation

BY_NAME = Order("name", models.SavedView.name, models.SavedView.id, descending=False)


@row(models.SavedView)
class SavedView:
    """A named filter of the lead list, of one person or for everybody."""

    id: UUID
    name: str
    columns: list[str]
    presentation: Presentation | None
    is_shared: bool = expression(lambda view: view.user_id.is_(None))
    owner: Member | None = one(accounts.Membership, "user_id")
    created_at: datetime

    @computed("filters")
    def filter(self: Any) -> JSON:
        """As `leads(filter:)` takes it."""
        return JSON(applied(validate(LeadFilters, self.filters)))

    @computed("filters")
    def order_by(self: Any) -> JSON:
        """As `leads(orderBy:)` takes it."""
        chosen = validate(LeadFilters, self.filters)
        return JSON({"by": chosen.sort_by, "direction": chosen.sort_order})


@given
class SavedViewInput:
    """The whole of a view: what is absent it has no more."""

    name: str
    filter: LeadFilter | None = None
    order_by: LeadOrder | None = None
    columns: list[str] | None = strawberry.field(
        default=None, description="What the list shows, in this order."
    )
    presentation: Presentation | None = strawberry.field(
        default=None, description="How the list shows the leads; null is however it is shown already."
    )
    is_shared: bool = strawberry.field(
        default=False, description="For everybody. A program has no views of its own, so its are shared."
    )


@value
class SavedViewPayload(Payload):
    saved_view: Rows | None = strawberry.field(graphql_type=SavedView | None, default=None)


@value
class DeleteSavedViewPayload(Payload):
    saved_view_id: UUID | None = strawberry.field(default=None, description="Of the view that is no more.")


@value
class SavedViewQueries:
    @field(list[SavedView])
    def saved_views(self, info: Info, first: First = 100) -> Rows:
        """Those that everybody shares and the viewer's own, by name."""
        return top(BY_NAME, first, views.visible(info.context.actor.user_id))


@value
class SavedViewMutations:
    @mutation
    def create_saved_view(self, info: Info, input: SavedViewInput) -> SavedViewPayload:
        """Keep a filter of the lead list under a name."""
        made = views.create_view(info.context.actor, _read(input))
        return SavedViewPayload(
            success=True, message="View saved.", saved_view=row_of(models.SavedView, made)
        )

    @mutation
    def update_saved_view(self, info: Info, id: UUID, input: SavedViewInput) -> SavedViewPayload:
        """Save a view anew."""
        views.update_view(info.context.actor, id, _read(input))
        return SavedViewPayload(success=True, message="View saved.", saved_view=row_of(models.SavedView, id))

    @mutation
    def delete_saved_view(self, info: Info, id: UUID) -> DeleteSavedViewPayload:
        """Delete a view, for everybody who saw it."""
        views.delete_view(info.context.actor, id)
        return DeleteSavedViewPayload(success=True, message="View deleted.", saved_view_id=id)


def _read(input: SavedViewInput) -> SavedViewWrite:
    """The input as the feature has it; InvalidInput names what is out of bounds."""
    with within("filter"):
        chosen = filters(input.filter, input.order_by)
    said = {"name": input.name, "filters": chosen, "is_shared": input.is_shared}
    said["presentation"] = input.presentation
    if input.columns is not None:
        said["columns"] = input.columns
    return validate(SavedViewWrite, said)
