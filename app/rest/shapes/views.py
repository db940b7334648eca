"""Saved views of the lead list."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from app.models import saved_views as models
from app.models.choices import Presentation
from app.rest.shapes.base import JsonObject, Shape


class SavedView(Shape):
    """A named filter of the lead list with the columns it shows, one's own or everybody's."""

    id: UUID
    name: str
    filters: JsonObject
    columns: list[str]
    presentation: Presentation | None
    is_shared: bool
    created_at: datetime


class SavedViewsResponse(Shape):
    """One's own views and the shared ones by name, at most 100."""

    saved_views: list[SavedView]


class SavedViewResponse(Shape):
    """The view as it is now."""

    success: Literal[True] = True
    saved_view: SavedView
    message: str


def saved_view(row: models.SavedView) -> SavedView:
    return SavedView(
        id=row.id,
        name=row.name,
        filters=row.filters,
        columns=row.columns,
        presentation=row.presentation,
        is_shared=row.user_id is None,
        created_at=row.created_at,
    )
