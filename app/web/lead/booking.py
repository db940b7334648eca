"""A couple books or pays: what for, how much, and which sources earned it."""

from datetime import time
from typing import Any
from uuid import UUID

from flask import flash, render_template
from wtforms import DateField, DecimalField, SelectField, TextAreaField
from wtforms.validators import Optional

from app.conversions.schemas import ConvertLead
from app.kernel import clock
from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.zones import day_of, instant
from app.leads import queries
from app.models.choices import ConversionType, LeadStatus
from app.models.leads import Lead
from app.web.fields import CheckboxChoices, choices
from app.web.formats import money, words
from app.web.lead.asked import back, writable
from app.web.leads import blueprint
from app.web.viewer import viewer
from app.web.write_form import PartForm
from app.workflows.cancel_conversion import cancel_conversion
from app.workflows.convert_lead import Converted, convert_lead

NOON = time(12)


class ConvertForm(PartForm):
    kind = "convert"
    conversion_type = SelectField(
        "What happened", choices=choices((kind.value, words(kind)) for kind in ConversionType)
    )
    conversion_value = DecimalField(
        "Value",
        [Optional()],
        places=None,
        render_kw={"required": True, "inputmode": "decimal", "maxlength": 15},
    )
    conversion_date = DateField("On", [Optional()], description="Empty is today.")
    attributed_sources = CheckboxChoices(
        "Sources that earned it", description="They share the value equally. None: the last touch earns it."
    )
    notes = TextAreaField("Notes", render_kw={"rows": 3, "maxlength": 10_000})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = [source for source in queries.sources(db.session()) if source.is_active]
        self.attributed_sources.choices = choices((one.slug, one.source_name) for one in active)

    def values(self) -> dict[str, Any]:
        """A day is its noon on the supplier's clock; today is now."""
        said, now, zone = super().values(), clock.now(), viewer().zone
        on = said["conversion_date"]
        is_now = on is None or on == day_of(now, zone)
        return said | {"conversion_date": None if is_now else instant(on, NOON, zone)}


@blueprint.route("/<uuid:lead_id>/convert", methods=["GET", "POST"])
def convert(lead_id: UUID) -> Any:
    lead = writable(lead_id)
    form = ConvertForm(data=_likely(lead))
    if form.write(ConvertLead, lambda said: convert_lead(viewer().actor, lead_id, said)):
        flash(_said(form.result), "success")
        return back(lead_id, "bookings")
    return render_template("lead/convert.html", lead=writable(lead_id), form=form), form.status


@blueprint.post("/conversions/<uuid:conversion_id>/cancel")
def cancel(conversion_id: UUID) -> Any:
    viewer().actor.require(Permission.WRITE_LEADS)
    lead_id = cancel_conversion(viewer().actor, conversion_id)
    flash("Cancelled. It counts no more.", "success")
    return back(lead_id, "bookings")


def _likely(lead: Lead) -> dict[str, Any]:
    """What the form says at first: the booking at its budget, and after that a payment."""
    if lead.lead_status is LeadStatus.WON:
        return {"conversion_type": ConversionType.DEPOSIT_PAID}
    return {"conversion_value": lead.estimated_budget}


def _said(done: Converted) -> str:
    if not done.revenue_attributed:
        return "Noted."
    earned = ", ".join(f"{words(one.source)} {money(one.attributed_revenue)}" for one in done.attributions)
    return f"Congratulations! {money(done.revenue_attributed)} booked. Earned by {earned}."
