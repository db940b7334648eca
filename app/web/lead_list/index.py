"""The page at /leads, and the parts of it that htmx asks for."""

from dataclasses import replace
from typing import Any

from flask import Response, make_response, render_template, request, session

from app.kernel import clock
from app.kernel.actor import Permission
from app.kernel.db import db
from app.leads import pipeline, queries, views
from app.leads.search import settle
from app.leads.versions import fingerprint
from app.models.choices import LeadStatus, Presentation, Priority
from app.models.leads import Lead
from app.nurture.queries import active_sequences
from app.web.fields import people, takers
from app.web.htmx import is_fragment
from app.web.lead_list.change_forms import BULK_STATUSES
from app.web.lead_list.chips import Names, chips
from app.web.lead_list.columns import LABELS, SORTED_BY, Column
from app.web.lead_list.state import LANE_MOST, SIZES, SORTS, State, address_of, read
from app.web.leads import blueprint
from app.web.viewer import viewer

STATUS_FIELDS = ("lead_status", "lost_reason", "lost_details")
"""What changes with a status, and so what whoever moves a lead must have seen."""


@blueprint.get("")
def index() -> Any:
    """The list. With `seen`, from a page that polls: 204 as long as nothing changed since."""
    mark = queries.mark(db.session())
    if request.args.get("seen") == mark:
        return Response(status=204)
    state = read(request.args)
    state = replace(state, filters=settle(db.session(), state.filters))
    context = _leads(state) | _around(state) | {"seen": mark}
    if is_fragment():
        return _fragment(state, context)
    return render_template("lead_list/index.html", **context, **_for_many(context), moved=_moved())


def _moved() -> dict[str, Any] | None:
    """The move that was just made, if it was made here: the same browser may work for another supplier."""
    moved: dict[str, Any] | None = session.pop("moved", None)
    return moved if moved and moved["supplier_id"] == str(viewer().actor.supplier_id) else None


def _leads(state: State) -> dict[str, Any]:
    """The leads of the presentation that is asked for, and the figures of all of them."""
    rows, where, filters = db.session(), viewer().zone, state.filters
    figures = queries.figures(rows, where, clock.now(), filters)
    if state.shape.view is Presentation.PIPELINE:
        lanes = pipeline.lanes(rows, filters, where, state.shape.sizes(filters))
        return {"lanes": lanes, "figures": figures}
    return {"page": queries.page(rows, filters, where, state.place.cut()), "figures": figures}


def _around(state: State) -> dict[str, Any]:
    """What there is to choose from, and what is chosen."""
    rows, actor = db.session(), viewer().actor
    sources, members = queries.sources(rows), [person for person in people() if person.is_active]
    names = Names(
        {source.slug: source.source_name for source in sources},
        {member.id: member.name for member in members},
    )
    return {
        "state": state,
        "filters": state.filters,
        "shape": state.shape,
        "place": state.place,
        "address": state.address,
        "sources": sources,
        "members": members,
        "takers": takers(),
        "chips": chips(state.filters, state.address, names),
        "views": views.views(rows, actor.user_id),
        "may_write": actor.may(Permission.WRITE_LEADS),
        **CHOICES,
    }


def _for_many(context: dict[str, Any]) -> dict[str, Any]:
    """What the bar for the ticked leads offers; the tags are those of the leads on the page."""
    if not context["may_write"] or "page" not in context:
        return {}
    tags = {tag for (lead,) in context["page"].rows for tag in lead.tags}
    return {"sequences": active_sequences(db.session()), "tags": sorted(tags)}


def seen_of(lead: Lead) -> str:
    """What a page that shows the lead's status has seen of it."""
    return fingerprint(lead, STATUS_FIELDS)


CHOICES = {
    "statuses": list(LeadStatus),
    "priorities": list(reversed(Priority)),
    "sorts": SORTS,
    "sorted_by": SORTED_BY,
    "columns": list(Column),
    "labels": LABELS,
    "looks": list(Presentation),
    "sizes": SIZES,
    "lane_most": LANE_MOST,
    "bulk_statuses": BULK_STATUSES,
    "address_of": address_of,
    "seen_of": seen_of,
}


def _fragment(state: State, context: dict[str, Any]) -> Response:
    """The part that htmx will replace. A poll and a later part of an endless list leave the browser's
    address as it is, everything else writes it there, unless it stands there already."""
    target = request.headers.get("HX-Target", "")
    if target.endswith("#more-rows"):
        return make_response(render_template("lead_list/_more.html", **context))
    whole = target.endswith("#lead-page")
    if whole:
        context |= _for_many(context)
    response = make_response(render_template(f"lead_list/{'_page' if whole else '_leads'}.html", **context))
    if "seen" not in request.args and not _is_shown(state.here):
        response.headers["HX-Push-Url"] = state.here
    return response


def _is_shown(address: str) -> bool:
    """Has the browser this address?"""
    return request.headers.get("HX-Current-URL", "").endswith(f"//{request.host}{address}")
