"""One action on many leads: what is still missing is asked for, then every lead's result is told.

With JavaScript (`in_parts`, which leads.js adds) a request does 50 of them. While some remain its answer is a
page that shows how far it is and has a form that sends the rest by itself; htmx then adds what became of
each part to that page. Without JavaScript one request does all of them.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import render_template, request
from wtforms import BooleanField, HiddenField, SelectField, StringField

from app.accounts import queries as accounts
from app.kernel.actor import Actor, Permission
from app.kernel.db import db
from app.kernel.errors import InvalidInput, NotFound
from app.leads import pipeline
from app.leads.schemas import MOST_AT_ONCE, BulkAction, BulkUpdate
from app.models.choices import LeadStatus
from app.nurture.queries import active_sequences
from app.web.fields import choices, takers
from app.web.formats import words
from app.web.htmx import is_fragment
from app.web.lead_list.change_forms import BULK_STATUSES
from app.web.lead_list.changes import way_back
from app.web.lead_list.state import read_address
from app.web.leads import blueprint
from app.web.viewer import viewer
from app.web.write_form import WriteForm
from app.workflows.bulk_update_leads import Part, Result, bulk_update_part

TITLES = {
    BulkAction.ASSIGN: "Assign",
    BulkAction.CHANGE_STATUS: "Change the status of",
    BulkAction.ADD_TAG: "Tag",
    BulkAction.REMOVE_TAG: "Take a tag off",
    BulkAction.ENROLL: "Put into a sequence:",
    BulkAction.DELETE: "Delete",
}
VALUES = {
    BulkAction.ASSIGN: "assignee",
    BulkAction.CHANGE_STATUS: "lead_status",
    BulkAction.ADD_TAG: "tag",
    BulkAction.REMOVE_TAG: "tag",
    BulkAction.ENROLL: "sequence",
}
"""The field of the bar in which each action has its value."""
NOBODY = "nobody"
PART = 50
"""Leads that a request works on when the page shows how far it is: less than a second."""
SHOWN = 12
"""Names on the page that asks."""


class BulkForm(WriteForm):
    """The bar below the list, and the page that asks for what it lacks."""

    action = HiddenField()
    here = HiddenField()
    scope = HiddenField(default="ids")
    assignee = SelectField("Assign to", validate_choice=False)
    lead_status = SelectField("Status", validate_choice=False)
    lost_reason = SelectField("Why were they lost?", validate_choice=False)
    value_unknown = BooleanField("Their values are not known")
    tag = StringField("Tag", render_kw={"maxlength": 100, "autocomplete": "off", "list": "known-tags"})
    sequence = SelectField("Sequence", validate_choice=False)
    confirmed = HiddenField()
    in_parts = HiddenField()

    def values(self) -> dict[str, Any]:
        value = self.given
        is_lost = value == LeadStatus.LOST
        return {
            "action": self.action.data,
            "value": None if value == NOBODY else value,
            "lost_reason": self.lost_reason.data if is_lost else None,
            "value_unknown": value == LeadStatus.WON and self.value_unknown.data,
            **self.leads(),
        }

    @property
    def wanted(self) -> BulkAction | None:
        """The action; None when nobody said one that there is."""
        return next((one for one in BulkAction if one == self.action.data), None)

    @property
    def field(self) -> str | None:
        """The name of the field that has the action's value; None when it needs none."""
        return VALUES.get(self.wanted) if self.wanted else None

    @property
    def given(self) -> str | None:
        said = self[self.field].data if self.field else None
        return said.strip() if said else None

    def blame(self, error: InvalidInput) -> None:
        """The model's `value` is the field of this action."""
        own = self.field or ""
        told = [replace(one, field=own) if one.field == "value" else one for one in error.fields]
        super().blame(InvalidInput(error.message, fields=told))

    def leads(self) -> dict[str, Any]:
        """Which leads: those that were ticked, or all that the list's filters leave."""
        if self.scope.data == "all":
            return {"filter": read_address(self.here.data or "").filters}
        return {"ids": request.form.getlist("ids")}

    @property
    def settles_first(self) -> bool:
        """Is it a deletion of all that match, which nobody confirmed yet?"""
        return self.wanted is BulkAction.DELETE and self.scope.data == "all" and self.confirmed.data != "yes"

    def lacks(self) -> bool:
        """Is something still to be said or confirmed? The field that lacks it says so."""
        if self.scope.data != "all" and not request.form.getlist("ids"):
            self.form_errors.append("Tick at least one lead first.")
        elif self.field and not self.given:
            self[self.field].errors = ["Please choose." if self.field != "tag" else "Please write a tag."]
        elif self.given == LeadStatus.LOST and self.field == "lead_status" and not self.lost_reason.data:
            self.lost_reason.errors = ["Say why they were lost."]
        elif self.given == LeadStatus.WON and self.field == "lead_status" and not self.value_unknown.data:
            self.value_unknown.errors = ["Confirm, or open each lead and enter its booking with the value."]
        elif self.wanted is None:
            self.form_errors.append("Choose what to do with them.")
        else:
            return self.wanted is BulkAction.DELETE and self.confirmed.data != "yes"
        return True


def fill(form: BulkForm) -> BulkForm:
    """Offer what there is to choose."""
    reasons = accounts.supplier(db.session()).lost_reasons
    form.assignee.choices = choices([("", "Choose"), (NOBODY, "Nobody"), *takers()])
    form.lead_status.choices = choices([("", "Choose"), *((s, words(s)) for s in BULK_STATUSES)])
    form.lost_reason.choices = choices([("", "Choose a reason"), *((r, words(r)) for r in reasons)])
    sequences = [(str(one.id), one.sequence_name) for one in active_sequences(db.session())]
    form.sequence.choices = choices([("", "Choose"), *sequences])
    return form


@blueprint.post("/bulk")
def bulk() -> Any:
    actor = viewer().actor
    actor.require(Permission.WRITE_LEADS)
    if request.form.get("action") == BulkAction.DELETE:
        actor.require(Permission.DELETE_LEADS)
    form = fill(BulkForm())
    if form.settles_first:
        return _settle(actor, form), form.status
    ids = request.form.getlist("ids")
    called = pipeline.names(db.session(), _ids(ids))
    most = PART if form.in_parts.data else MOST_AT_ONCE
    if form.lacks() or not form.write(BulkUpdate, lambda data: bulk_update_part(actor, data, most)):
        return _ask(form, called, ids), form.status
    return _results(form, called, form.result)


def _settle(actor: Actor, form: BulkForm) -> str:
    """Ask for the deletion of all that match now, by their names: what matches later is not deleted."""
    if not form.write(BulkUpdate, lambda data: bulk_update_part(actor, data, 0)):
        return _ask(form, {}, ())
    ids = form.result.rest
    if not ids:
        return _results(form, {}, form.result)
    form.scope.data = "ids"
    return _ask(form, pipeline.names(db.session(), ids), ids)


def _ids(given: Sequence[str]) -> list[UUID]:
    """Those that are ids; what is wrong with the others the model says."""
    found = []
    for text in given[:MOST_AT_ONCE]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _ask(form: BulkForm, called: dict[UUID, str], ids: Sequence[object]) -> str:
    return render_template(
        "lead_list/bulk.html",
        form=form,
        title=TITLES[form.wanted] if form.wanted else "Choose what to do with",
        called=called,
        shown=list(called.values())[:SHOWN],
        ids=ids,
        back=way_back(form.here.data),
    )


def _results(form: BulkForm, called: dict[UUID, str], part: Part) -> str:
    """What became of each lead, failures first; a lead that was found by the filter is named now. For htmx
    what the page has yet to show: of this part, and whether more are to come."""
    unnamed = [one.lead_id for one in part.results if one.lead_id not in called]
    called = called | pipeline.names(db.session(), unnamed) if unnamed else called
    failed = [one for one in part.results if not _is_done(form, one)]
    total = request.form.get("total", len(part.results) + len(part.rest), type=int)
    return render_template(
        "lead_list/_bulk_part.html" if is_fragment() else "lead_list/bulk_result.html",
        form=form,
        title=TITLES[form.wanted] if form.wanted else "",
        is_deletion=form.wanted is BulkAction.DELETE,
        failed=failed,
        done=[one for one in part.results if one not in failed],
        rest=part.rest,
        total=total,
        not_done=request.form.get("not_done", 0, type=int) + len(failed),
        called=called,
        back=way_back(form.here.data),
    )


def _is_done(form: BulkForm, one: Result) -> bool:
    """A lead that is not there when its deletion is sent again went the first time."""
    sent_again = "again" in request.form and form.wanted is BulkAction.DELETE
    return one.success or (sent_again and one.code == NotFound.code)
