"""Saved views: keep the list as it stands under a name, rename, share, delete."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from wtforms import BooleanField, HiddenField, StringField

from app.kernel.actor import Permission
from app.kernel.db import db
from app.leads import views
from app.leads.filters import LeadFilters
from app.leads.schemas import SavedViewWrite
from app.web.lead_list.changes import way_back
from app.web.lead_list.state import State, address_of, read_address
from app.web.leads import blueprint
from app.web.viewer import viewer
from app.web.write_form import WriteForm


class ViewForm(WriteForm):
    """A view's name and whose it is; what it shows is the list at the address `here`."""

    name = StringField("Name", render_kw={"required": True, "maxlength": 100, "autocomplete": "off"})
    is_shared = BooleanField("Everybody here sees it")
    here = HiddenField()

    def values(self) -> dict[str, Any]:
        return {"name": self.name.data, "is_shared": self.is_shared.data, **_shown(self.here.data)}


def _shown(here: str | None) -> dict[str, Any]:
    state: State = read_address(here or "")
    columns = state.said["columns"] or []
    return {
        "filters": state.filters,
        "columns": [str(column) for column in columns],
        "presentation": state.said.get("view"),
    }


@blueprint.get("/views")
def views_page() -> Any:
    return _page(ViewForm(formdata=None, here=way_back(request.referrer)))


@blueprint.post("/views")
def create_view() -> Any:
    form = ViewForm()
    if not form.write(SavedViewWrite, lambda data: views.create_view(viewer().actor, data)):
        return _page(form), form.status
    flash(f"Saved as “{form.name.data}”.", "success")
    return redirect(way_back(form.here.data), 303)


@blueprint.route("/views/<uuid:view_id>", methods=["GET", "POST"])
def edit_view(view_id: UUID) -> Any:
    """Name and sharing; what it shows stays."""
    kept = views.view(db.session(), viewer().user_id, view_id)
    form = ViewForm(name=kept.name, is_shared=kept.user_id is None, here=address_of(kept))
    if form.write(SavedViewWrite, lambda data: views.update_view(viewer().actor, view_id, data)):
        flash("Saved.", "success")
        return redirect(url_for("leads.views_page"), 303)
    return render_template("lead_list/view.html", form=form, kept=kept, may_share=_may_share()), form.status


@blueprint.post("/views/<uuid:view_id>/delete")
def delete_view(view_id: UUID) -> Any:
    views.delete_view(viewer().actor, view_id)
    flash("The view is deleted; the leads are as they were.", "success")
    return redirect(url_for("leads.views_page"), 303)


def _may_share() -> bool:
    return viewer().actor.may(Permission.WRITE_LEADS)


def _page(form: ViewForm) -> str:
    kept = views.views(db.session(), viewer().user_id)
    return render_template(
        "lead_list/views.html",
        form=form,
        views=kept,
        address_of=address_of,
        is_narrowed=_is_narrowed(form.here.data),
        may_share=_may_share(),
    )


def _is_narrowed(here: str | None) -> bool:
    return read_address(here or "").filters != LeadFilters()
