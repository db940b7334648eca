"""A lead that somebody writes down: the couple called, or came to the stand at a fair."""

from typing import Any

from flask import flash, render_template
from wtforms import DateField, DecimalField, EmailField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.errors import Duplicate, InvalidInput
from app.leads import queries
from app.leads.schemas import LeadCreate
from app.web.fields import choices
from app.web.lead.asked import back
from app.web.lead.groups import PhoneField, line
from app.web.leads import blueprint
from app.web.viewer import viewer
from app.web.write_form import WriteForm
from app.workflows.create_lead import create_lead


class NewLeadForm(WriteForm):
    existing_id: str | None = None
    """The lead that has the e-mail which was entered."""
    couple_name_bride = StringField("First partner", render_kw=line())
    couple_name_groom = StringField("Second partner", render_kw=line())
    primary_email = EmailField("E-mail", render_kw=line(254))
    primary_phone = PhoneField("Phone", render_kw=line(20))
    lead_source = SelectField("How they found you", default="", render_kw={"required": True})
    wedding_date = DateField("Wedding date", [Optional()])
    wedding_venue = StringField("Venue", render_kw=line())
    estimated_guest_count = IntegerField("Guests", [Optional()], render_kw={"min": 0, "max": 100_000})
    estimated_budget = DecimalField(
        "Budget", [Optional()], places=None, render_kw={"inputmode": "decimal", "maxlength": 15}
    )
    additional_notes = TextAreaField("Notes", render_kw={"rows": 4, "maxlength": 10_000})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = [source for source in queries.sources(db.session()) if source.is_active]
        named = [(source.slug, source.source_name) for source in active]
        self.lead_source.choices = choices([("", "Choose one"), *named])

    def create(self, data: LeadCreate) -> object:
        try:
            return create_lead(viewer().actor, data)
        except Duplicate as found:
            self.existing_id = found.details.get("existing_id")
            raise InvalidInput.of("primary_email", "duplicate", "Another lead has this e-mail.") from None


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> Any:
    viewer().actor.require(Permission.WRITE_LEADS)
    form = NewLeadForm()
    if form.write(LeadCreate, form.create):
        flash("The lead is written down.", "success")
        return back(form.result.lead_id)
    return render_template("lead/new.html", form=form), form.status
