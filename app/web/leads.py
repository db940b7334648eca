"""The lead list; the page of one lead is `app.web.lead`."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from app.accounts import queries as accounts
from app.kernel import clock
from app.kernel.db import db
from app.kernel.schema import validate
from app.leads import queries
from app.leads.filters import LeadFilters, LeadSort
from app.leads.search import settle
from app.models.choices import LeadStatus, Priority
from app.web import listing
from app.web.htmx import is_fragment
from app.web.viewer import signed_in, viewer

blueprint = signed_in(Blueprint("leads", __name__, url_prefix="/leads"))

LISTS = ("status", "source", "priority", "tags")
SORTS = {
    LeadSort.CREATED_AT: "Inquiry date",
    LeadSort.LEAD_SCORE: "Score",
    LeadSort.WEDDING_DATE: "Wedding date",
    LeadSort.NEXT_FOLLOW_UP: "Follow-up",
    LeadSort.UPDATED_AT: "Last change",
}


@blueprint.get("")
def index() -> Any:
    """The list. With `seen`, from a page that polls: 204 as long as nothing changed since."""
    mark = queries.mark(db.session())
    if request.args.get("seen") == mark:
        return Response(status=204)
    filters = validate(LeadFilters, listing.query(LISTS, ignored=["seen"]))
    context = _list(settle(db.session(), filters)) | {"seen": mark}
    if is_fragment():
        return _fragment(context)
    return render_template("leads/index.html", **context, **_choices())


def _list(filters: LeadFilters) -> dict[str, Any]:
    session, zone, place = db.session(), viewer().zone, listing.place()
    chosen = filters.model_dump(mode="json", exclude_defaults=True)
    return {
        "filters": filters,
        "page": queries.page(session, filters, zone, place.cut()),
        "figures": queries.figures(session, zone, clock.now(), filters),
        "address": listing.Address("leads.index", chosen, place.limit),
        "place": place,
        "sorts": SORTS,
    }


def _choices() -> dict[str, Any]:
    return {
        "statuses": list(LeadStatus),
        "priorities": list(reversed(Priority)),
        "sources": queries.sources(db.session()),
        "members": accounts.members(db.session()),
    }


def _fragment(context: dict[str, Any]) -> Response:
    """The table alone; a poll leaves the browser's address as it is, everything else writes it there."""
    response = make_response(render_template("leads/_list.html", **context))
    if "seen" not in request.args:
        place: listing.Place = context["place"]
        response.headers["HX-Push-Url"] = context["address"](after=place.after, before=place.before)
    return response
