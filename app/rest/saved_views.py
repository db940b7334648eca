"""`/api/saved-views`: named filters of the lead list."""

from uuid import UUID

from flask import Blueprint, Response

from app.accounts.access import current_actor
from app.kernel.db import db
from app.leads import views
from app.leads.schemas import SavedViewWrite
from app.rest.answers import answer, nothing
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.shapes import views as shapes

blueprint = guard(Blueprint("api_saved_views", __name__, url_prefix="/api/saved-views"))
TAG = "Saved views"
SUMMER = {
    "name": "Summer, by score",
    "filters": {"tags": ["summer"], "sort_by": "lead_score"},
    "columns": ["couple", "wedding_date", "lead_score"],
    "is_shared": True,
}


@blueprint.get("")
@operation("listSavedViews", tag=TAG, answers={200: shapes.SavedViewsResponse})
def index() -> Response:
    """List saved views, one's own and the shared ones. A key sees the shared ones."""
    found = views.views(db.session(), current_actor().user_id)
    return answer(shapes.SavedViewsResponse(saved_views=[shapes.saved_view(row) for row in found]))


@blueprint.post("")
@operation("createSavedView", tag=TAG, answers={201: shapes.SavedViewResponse}, example=SUMMER)
def create(body: SavedViewWrite) -> Response:
    """Save a view. A shared one needs `write_leads`; only people have views of their own."""
    return _told(views.create_view(current_actor(), body), "View saved.", 201)


@blueprint.get("/<uuid:view_id>")
@operation("getSavedView", tag=TAG, answers={200: shapes.SavedView})
def show(view_id: UUID) -> Response:
    """Get one saved view."""
    return answer(shapes.saved_view(views.view(db.session(), current_actor().user_id, view_id)))


@blueprint.put("/<uuid:view_id>")
@operation("updateSavedView", tag=TAG, answers={200: shapes.SavedViewResponse}, example=SUMMER)
def update(view_id: UUID, body: SavedViewWrite) -> Response:
    """Replace a saved view. All of it is as the body says."""
    views.update_view(current_actor(), view_id, body)
    return _told(view_id, "View saved.", 200)


@blueprint.delete("/<uuid:view_id>")
@operation("deleteSavedView", tag=TAG, answers={204: None})
def delete(view_id: UUID) -> Response:
    """Delete a saved view. A shared one is gone for everybody."""
    views.delete_view(current_actor(), view_id)
    return nothing()


def _told(view_id: UUID, message: str, status: int) -> Response:
    row = views.view(db.session(), current_actor().user_id, view_id)
    return answer(shapes.SavedViewResponse(saved_view=shapes.saved_view(row), message=message), status)
