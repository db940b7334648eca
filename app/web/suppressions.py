"""The addresses that get nothing from us, and why: shown, asked, added to, taken from."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from wtforms import SelectField, StringField, TextAreaField

from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.schema import validate
from app.messaging import suppression_list
from app.messaging.suppression_list import (
    GRAVE,
    SuppressionAddress,
    SuppressionCreate,
    SuppressionFilters,
    SuppressionRemoval,
)
from app.models.choices import Channel, SuppressionReason
from app.models.messaging import Suppression
from app.web import listing
from app.web.fields import choices
from app.web.viewer import signed_in, viewer
from app.web.write_form import PartForm, WriteForm

blueprint = signed_in(Blueprint("suppressions", __name__, url_prefix="/suppressions"))

CHANNELS = {Channel.EMAIL: "E-mail", Channel.SMS: "Text message"}
_ADDRESS = {"required": True, "maxlength": 255, "autocomplete": "off", "spellcheck": "false"}


class AddressForm(PartForm):
    channel = SelectField("Channel", choices=choices((str(key), name) for key, name in CHANNELS.items()))
    address = StringField(
        "Address",
        description="An e-mail address, or a number with its country code.",
        render_kw=_ADDRESS,
    )


class LookUpForm(AddressForm):
    kind = "look"


class AddForm(AddressForm):
    kind = "add"
    note = StringField("Why", description="For your colleagues.", render_kw={"maxlength": 500})


class RemoveForm(WriteForm):
    reason = TextAreaField("Why it may be written to again", render_kw={"rows": 2, "maxlength": 500})


@blueprint.get("")
def index() -> Any:
    return _page()


@blueprint.post("")
def add() -> Any:
    """From this moment on nothing goes there."""
    viewer().actor.require(Permission.WRITE_LEADS)
    form = AddForm()
    if not form.write(SuppressionCreate, lambda data: suppression_list.add(viewer().actor, data)):
        return _page(add=form), form.status
    flash("Added: nothing more goes to that address.", "success")
    return redirect(url_for("suppressions.index"), 303)


@blueprint.post("/look-up")
def look_up() -> Any:
    """Is the address on the list? Posted, so that it stands in no log of addresses."""
    form = LookUpForm()
    asked = form.read(SuppressionAddress)
    if asked is None:
        return _page(look=form), form.status
    found = suppression_list.look_up(db.session(), viewer().actor.supplier_id, asked)
    return _page(look=form, asked=asked, found=found)


@blueprint.route("/<uuid:suppression_id>/remove", methods=["GET", "POST"])
def remove(suppression_id: UUID) -> Any:
    row = suppression_list.find(db.session(), suppression_id)
    actor = viewer().actor
    actor.require(Permission.MANAGE_SUPPLIER)
    form = RemoveForm()
    if form.write(SuppressionRemoval, lambda data: suppression_list.remove(actor, suppression_id, data)):
        flash("Taken off the list: that address may be written to again.", "success")
        return redirect(url_for("suppressions.index"), 303)
    shown = {"row": row, "form": form, "channels": CHANNELS, "refused": not may_remove(row)}
    return render_template("suppressions/remove.html", **shown), form.status


def may_remove(row: Suppression) -> bool:
    """May who looks take it off the list?"""
    needed = Permission.ERASE if row.reason in GRAVE else Permission.MANAGE_SUPPLIER
    return viewer().may(needed)


def _page(**shown: Any) -> str:
    chosen, place = validate(SuppressionFilters, listing.query()), listing.place()
    query = {"channel": chosen.channel, "reason": chosen.reason}
    fresh = {"look": LookUpForm(formdata=None), "add": AddForm(formdata=None), "asked": None, "found": None}
    return render_template(
        "suppressions/index.html",
        page=suppression_list.page(db.session(), chosen, place.cut()),
        chosen=chosen,
        reasons=list(SuppressionReason),
        channels=CHANNELS,
        address=listing.Address("suppressions.index", query, place.limit),
        may_remove=may_remove,
        **fresh | shown,
    )
