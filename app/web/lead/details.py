"""The details of a lead, of which one group is open at a time."""

from typing import Any

from flask import render_template

from app.models.leads import Lead
from app.web.lead.groups import GROUPS, DetailsForm


def details(lead: Lead, open_group: str | None, form: DetailsForm | None = None) -> dict[str, Any]:
    """What the templates of the details need: the form of the group that is open, or one sent back."""
    chosen = form.kind if form else open_group
    shown = form or (GROUPS[chosen].form.of(lead) if chosen else None)
    return {
        "groups": GROUPS,
        "open": chosen,
        "form": shown,
        "saved": form.saved_meanwhile(lead) if form else {},
    }


def fragment(lead: Lead, group: str, *, is_open: bool) -> str:
    """One group alone, for htmx."""
    context = details(lead, group if is_open else None)
    return render_template("lead/_group.html", lead=lead, details=context, name=group, group=GROUPS[group])
