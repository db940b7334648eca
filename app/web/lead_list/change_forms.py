"""The small forms that change one thing about a lead from the list."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from app.accounts import queries as accounts
from app.conversions.schemas import ConvertLead
from app.kernel.db import db
from app.kernel.errors import InvalidInput
from app.leads.lifecycle import CLOSED
from app.leads.schemas import LeadUpdate
from app.leads.versions import Seen, fingerprint
from app.models.choices import OPEN_STATUSES, ConversionType, LeadStatus, Priority
from app.models.leads import Lead
from app.web.fields import MemberField, MomentField, choices
from app.web.formats import words
from app.web.viewer import viewer
from app.web.write_form import WriteForm
from app.workflows.convert_lead import convert_lead
from app.workflows.update_lead import update_lead


class ChangeForm(WriteForm):
    """Some fields of a lead. `seen` is the fingerprint of them as shown, `back` the address of the list."""

    CHANGES: ClassVar[tuple[str, ...]]
    seen = HiddenField()
    back = HiddenField()

    def values(self) -> dict[str, Any]:
        return {name: self[name].data for name in self.CHANGES}

    def show(self, lead: Lead) -> None:
        """Offer what there is to choose, and when nothing was posted show the lead's own values."""
        raise NotImplementedError

    def save(self, lead_id: UUID) -> bool:
        """Write what was posted; False when nothing was, or it was refused."""
        return self.write(LeadUpdate, self._update(lead_id))

    def _update(self, lead_id: UUID) -> Callable[[LeadUpdate], object]:
        seen = Seen(fingerprint=self.seen.data or None)
        return lambda data: update_lead(viewer().actor, lead_id, data, seen)


class StatusForm(ChangeForm):
    """A move to another status, with what must be said when the lead is won or lost."""

    CHANGES = ("lead_status", "lost_reason", "lost_details")
    lead_status = SelectField("Status", validate_choice=False)
    lost_reason = SelectField("Why was it lost?", validate_choice=False)
    lost_details = TextAreaField("Details", render_kw={"rows": 2, "maxlength": 10_000})
    conversion_value = StringField(
        "Booked for", render_kw={"inputmode": "decimal", "maxlength": 20, "autocomplete": "off"}
    )
    value_unknown = BooleanField("The value is not known")

    def values(self) -> dict[str, Any]:
        is_lost, is_won = self.lead_status.data == LeadStatus.LOST, self.lead_status.data == LeadStatus.WON
        if is_won and self.conversion_value.data:
            booked = ConversionType.BOOKING_CONFIRMED
            return {"conversion_type": booked, "conversion_value": self.conversion_value.data}
        said = super().values() if is_lost else {"lead_status": self.lead_status.data} | dict.fromkeys(LOST)
        return said | ({"value_unknown": True} if is_won and self.value_unknown.data else {})

    def show(self, lead: Lead) -> None:
        reasons = accounts.supplier(db.session()).lost_reasons
        self.lost_reason.choices = choices([("", "Choose a reason"), *((r, words(r)) for r in reasons)])
        self.lead_status.choices = choices((status, words(status)) for status in moves(lead.lead_status))
        if not self.is_submitted():
            self.process(
                lead_status=lead.lead_status,
                lost_reason=lead.lost_reason or "",
                lost_details=lead.lost_details,
                seen=fingerprint(lead, self.CHANGES),
            )

    def blame(self, error: InvalidInput) -> None:
        """What is missing is said as the form asks for it, without the codes of programs."""
        told = [replace(one, message=MISSING.get(one.code, one.message)) for one in error.fields]
        super().blame(InvalidInput(error.message, fields=told))

    def save(self, lead_id: UUID) -> bool:
        if self.lead_status.data == LeadStatus.WON and self.conversion_value.data:
            return self.write(ConvertLead, lambda data: convert_lead(viewer().actor, lead_id, data))
        return super().save(lead_id)


LOST = ("lost_reason", "lost_details")
MISSING = {
    "reason_missing": "Choose why the lead was lost.",
    "unknown_reason": "Choose one of your reasons.",
    "value_missing": "Enter what they booked for, or tick that the value is not known.",
}
"""By the codes of `leads.lifecycle`."""
BULK_STATUSES = [s for s in LeadStatus if s in OPEN_STATUSES | CLOSED]
"""Where many leads may go at once."""


def moves(status: LeadStatus) -> list[LeadStatus]:
    """Where a lead may go from here by hand, and where it is."""
    closing = set() if status in CLOSED else CLOSED
    return [one for one in LeadStatus if one is status or one in OPEN_STATUSES or one in closing]


class PriorityForm(ChangeForm):
    CHANGES = ("priority_level",)
    priority_level = SelectField("Priority", validate_choice=False)

    def show(self, lead: Lead) -> None:
        self.priority_level.choices = choices((level, words(level)) for level in reversed(Priority))
        if not self.is_submitted():
            self.process(priority_level=lead.priority_level, seen=fingerprint(lead, self.CHANGES))


class AssigneeForm(ChangeForm):
    CHANGES = ("assigned_to_user_id",)
    assigned_to_user_id = MemberField("Assigned to")

    def show(self, lead: Lead) -> None:
        if not self.is_submitted():
            self.process(
                assigned_to_user_id=str(lead.assigned_to_user_id or ""), seen=fingerprint(lead, self.CHANGES)
            )
        self.assigned_to_user_id.offer("Nobody")


class FollowUpForm(ChangeForm):
    CHANGES = ("next_follow_up_at",)
    next_follow_up_at = MomentField("Next follow-up", [Optional()])

    def show(self, lead: Lead) -> None:
        if not self.is_submitted():
            self.process(next_follow_up_at=lead.next_follow_up_at, seen=fingerprint(lead, self.CHANGES))


FORMS: dict[str, type[ChangeForm]] = {
    "status": StatusForm,
    "priority": PriorityForm,
    "assignee": AssigneeForm,
    "follow_up": FollowUpForm,
}
