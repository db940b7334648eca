"""Everything that came in, quarantined inquiries with it, and the button that restores one."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from app.capture import inbox
from app.capture.spam import NO_NUMBER
from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.schema import Schema, validate
from app.models.choices import InquiryState
from app.web import listing
from app.web.viewer import signed_in, viewer
from app.workflows.restore_inquiry import restore_inquiry

blueprint = signed_in(Blueprint("inquiries", __name__, url_prefix="/inquiries"))

SUSPICIONS = {
    "honeypot": "filled in a field that people do not see",
    "too_fast": "sent within two seconds",
    "many_links": "three links or more in the message",
    "link_in_name": "a web address as name",
    "disposable_address": "a throw-away e-mail address",
    "identical_names": "both names the same",
    "gibberish": "a name of random letters",
    "date_long_past": "a wedding date long past",
    NO_NUMBER: "sent by nobody who can be answered",
}
"""Why an inquiry was put aside, in words; the codes are those of `app.capture.spam`."""


class InquiryFilter(Schema):
    state: InquiryState | None = None


@blueprint.get("")
def index() -> str:
    chosen = validate(InquiryFilter, listing.query())
    session, place = db.session(), listing.place()
    said = chosen.model_dump(mode="json", exclude_none=True)
    return render_template(
        "capture/inquiries.html",
        page=inbox.page(session, chosen.state, place.cut()),
        quarantined=inbox.quarantined(session),
        state=chosen.state,
        states=list(InquiryState),
        suspicions=SUSPICIONS,
        no_number=NO_NUMBER,
        address=listing.Address("inquiries.index", said, place.limit),
    )


@blueprint.post("/<uuid:inquiry_id>/restore")
def restore(inquiry_id: UUID) -> Any:
    viewer().actor.require(Permission.WRITE_LEADS)
    lead_id = restore_inquiry(viewer().actor, inquiry_id)
    flash("Restored. It is a lead now, and everything runs that would have run.", "success")
    return redirect(url_for("leads.show", lead_id=lead_id), 303)
