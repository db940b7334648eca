"""The lead list, a lead's page, and the note that is written there."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from wtforms import TextAreaField

from app.accounts import queries as accounts
from app.kernel import clock
from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.schema import validate
from app.leads import queries, record
from app.leads.filters import LeadFilters, LeadSort
from app.leads.schemas import InteractionCreate
from app.leads.search import settle
from app.models.choices import InteractionType, LeadStatus, Priority
from app.scoring.queries import explain
from app.web import listing
from app.web.htmx import is_fragment
from app.web.viewer import signed_in, viewer
from app.web.write_form import WriteForm
from app.workflows.add_interaction import add_interaction

blueprint = signed_in(Blueprint("leads", __name__, url_prefix="/leads"))

LISTS = ("status", "source", "priority", "tags")
SORTS = {
    LeadSort.CREATED_AT: "Inquiry date",
    LeadSort.LEAD_SCORE: "Score",
    LeadSort.WEDDING_DATE: "Wedding date",
    LeadSort.NEXT_FOLLOW_UP: "Follow-up",
    LeadSort.UPDATED_AT: "Last change",
}
TIMELINE_PAGE = 20


class NoteForm(WriteForm):
    interaction_content = TextAreaField("Note", render_kw={"rows": 3, "maxlength": 10_000, "required": True})

    def values(self) -> dict[str, Any]:
        return super().values() | {"interaction_type": InteractionType.NOTE_ADDED}


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


@blueprint.get("/<uuid:lead_id>")
def show(lead_id: UUID) -> Any:
    if is_fragment():
        return _older(lead_id)
    return _page(lead_id, NoteForm(formdata=None))


@blueprint.post("/<uuid:lead_id>/notes")
def add_note(lead_id: UUID) -> Any:
    viewer().actor.require(Permission.WRITE_LEADS)
    form = NoteForm()
    if not form.write(InteractionCreate, lambda note: add_interaction(viewer().actor, lead_id, note)):
        return _page(lead_id, form), form.status
    flash("Note added.", "success")
    return redirect(url_for("leads.show", lead_id=lead_id, _anchor="timeline"), 303)


def _page(lead_id: UUID, form: NoteForm) -> str:
    session = db.session()
    return render_template(
        "leads/show.html",
        lead=record.lead(session, lead_id),
        score=explain(session, lead_id, clock.now()),
        source_names=_source_names(),
        beside=record.beside(session, lead_id),
        timeline=record.timeline(session, lead_id, listing.place().cut(TIMELINE_PAGE)),
        form=form,
    )


def _source_names() -> dict[str, str]:
    """The names of the sources by what leads and rules may call them."""
    sources = queries.sources(db.session())
    return {key: one.source_name for one in sources for key in (one.slug, one.source_name.lower())}


def _older(lead_id: UUID) -> str:
    session = db.session()
    return render_template(
        "leads/_timeline.html",
        lead=record.lead(session, lead_id),
        timeline=record.timeline(session, lead_id, listing.place().cut(TIMELINE_PAGE)),
    )
