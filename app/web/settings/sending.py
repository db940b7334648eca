"""How messages look and whom they are from, how many there may be, and the domains that are sent from."""

from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from wtforms import BooleanField, EmailField, IntegerField, StringField, TelField, TextAreaField, URLField

from app.accounts.queries import supplier
from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.errors import Conflict
from app.messaging.branding import Branding, update_branding
from app.messaging.senders.checking import check_domain
from app.messaging.senders.domains import (
    LONGEST_DOMAIN,
    DomainWrite,
    add_domain,
    domains,
    find,
    records,
    remove_domain,
)
from app.messaging.senders.findings import State
from app.messaging.transports.chosen import channels
from app.models.messaging import SenderDomain
from app.web.forms import PageForm
from app.web.settings.blueprint import blueprint
from app.web.viewer import viewer
from app.web.write_form import PartForm, WriteForm

RECORDS = {"dkim": "Signature (DKIM)", "dmarc": "Policy (DMARC)", "spf": "Servers (SPF)"}

STATES = {
    State.RIGHT: "right",
    State.MISSING: "not there",
    State.WRONG: "not right",
    State.UNKNOWN: "nobody could say",
    State.UNCHECKED: "not checked yet",
}


class SendingForm(WriteForm):
    sender_name = StringField(
        "Sender name", description="Who your messages are from.", render_kw={"maxlength": 255}
    )
    sender_address = EmailField(
        "Sender address",
        description="At one of your domains below. Until that is right it is our address, with your name.",
        render_kw={"maxlength": 254},
    )
    reply_to = EmailField("Answers go to", render_kw={"maxlength": 254})
    sms_number = TelField(
        "Number for text messages",
        description="The number your provider gave you, such as +44 7700 900123. Empty: none are sent.",
        render_kw={"maxlength": 20},
    )
    brand_color = StringField(
        "Colour",
        description="Such as #a0285a. Where it could not be read it is made darker or lighter.",
        render_kw={"maxlength": 7, "placeholder": "#a0285a", "autocomplete": "off"},
    )
    logo_url = URLField(
        "Logo",
        description="The address of a picture on your website, https://…",
        render_kw={"maxlength": 2000},
    )
    mail_footer = TextAreaField(
        "Below every e-mail",
        description="Your postal address, and what else the law of your country wants there.",
        render_kw={"rows": 3, "maxlength": 1000},
    )
    daily_message_cap = IntegerField(
        "Messages a day", description="The most a lead gets from sequences.", render_kw={"min": 1, "max": 10}
    )
    weekly_message_cap = IntegerField("Messages a week", render_kw={"min": 1, "max": 50})
    tracks_messages = BooleanField("Tell me when e-mails of sequences are opened and their links followed")


class DomainForm(PartForm):
    kind = "new"
    domain = StringField(
        "Domain",
        description="The part after the @ of the address you want to send from.",
        render_kw={
            "required": True,
            "maxlength": LONGEST_DOMAIN,
            "placeholder": "rosewood.example",
            "autocomplete": "off",
        },
    )


@blueprint.route("/settings/sending", methods=["GET", "POST"])
def sending() -> Any:
    viewer().actor.require(Permission.MANAGE_SUPPLIER)
    form = SendingForm(obj=supplier(db.session()))
    if form.write(Branding, lambda data: update_branding(viewer().actor, data)):
        return _done("Saved.")
    return _page(form, DomainForm(formdata=None)), form.status


@blueprint.post("/settings/sending/domains")
def new_domain() -> Any:
    viewer().actor.require(Permission.MANAGE_SUPPLIER)
    form = DomainForm()
    if form.write(DomainWrite, lambda data: add_domain(viewer().actor, data)):
        return _done("Added. Now add the record below at whoever looks after your domain.")
    return _page(SendingForm(formdata=None, obj=supplier(db.session())), form), form.status


@blueprint.post("/settings/sending/domains/<uuid:domain_id>/check")
def check(domain_id: UUID) -> Any:
    state = check_domain(viewer().actor, domain_id)
    return _done(state.told, "success" if state is State.RIGHT else "warning")


@blueprint.route("/settings/sending/domains/<uuid:domain_id>/remove", methods=["GET", "POST"])
def remove(domain_id: UUID) -> Any:
    """Asks first: the key goes with the domain."""
    actor, form = viewer().actor, PageForm()
    actor.require(Permission.MANAGE_SUPPLIER)
    row = find(db.session(), domain_id)
    if form.validate_on_submit():
        try:
            remove_domain(actor, domain_id)
        except Conflict as refused:
            flash(refused.message, "danger")
            return redirect(url_for("settings.sending", _anchor="domains"), 303)
        return _done("Removed.")
    shown = {"row": row, "form": form, "address": _sender(db.session(), row)}
    return render_template("accounts/remove_domain.html", **shown), form.status


def _sender(session: Session, row: SenderDomain) -> str | None:
    """The sender address, if it is at that domain."""
    address = supplier(session).sender_address
    return address if address and address.rpartition("@")[2] == row.domain else None


def _done(told: str, how: str = "success") -> Any:
    flash(told, how)
    return redirect(url_for("settings.sending"), 303)


def _page(form: SendingForm, domain: DomainForm) -> str:
    session, settings = db.session(), current_app.extensions["settings"]
    found = domains(session)
    return render_template(
        "accounts/sending.html",
        form=form,
        domain_form=domain,
        domains=[(row, records(row)) for row in found],
        records=RECORDS,
        states=STATES,
        mail_from=settings.mail_from,
        unsigned=[row.domain for row in found if row.verified_at is None and _sender(session, row)],
        texts_are_set_up="sms" in channels(settings, supplier(session)),
    )
