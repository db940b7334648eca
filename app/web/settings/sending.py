"""How messages look and whom they are from, how many there may be, and the domains that are sent from."""

from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, url_for
from wtforms import BooleanField, EmailField, IntegerField, StringField, TelField, TextAreaField, URLField

from app.accounts.queries import supplier
from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.errors import Conflict
from app.messaging.branding import Branding, update_branding
from app.messaging.senders.checking import check_domain
from app.messaging.senders.domains import DomainWrite, add_domain, domains, records, remove_domain
from app.messaging.senders.findings import State
from app.messaging.transports.chosen import channels
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
            "maxlength": 253,
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


@blueprint.post("/settings/sending/domains/<uuid:domain_id>/remove")
def remove(domain_id: UUID) -> Any:
    try:
        remove_domain(viewer().actor, domain_id)
    except Conflict as refused:
        flash(refused.message, "danger")
        return redirect(url_for("settings.sending", _anchor="domains"), 303)
    return _done("Removed.")


def _done(told: str, how: str = "success") -> Any:
    flash(told, how)
    return redirect(url_for("settings.sending"), 303)


def _page(form: SendingForm, domain: DomainForm) -> str:
    session, settings = db.session(), current_app.extensions["settings"]
    return render_template(
        "accounts/sending.html",
        form=form,
        domain_form=domain,
        domains=[(row, records(row)) for row in domains(session)],
        records=RECORDS,
        states=STATES,
        mail_from=settings.mail_from,
        texts_are_set_up="sms" in channels(settings, supplier(session)),
    )
