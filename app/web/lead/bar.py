"""The bar below the header: status, who has the lead, how it is judged, its tags, what runs by itself."""

from typing import Any

from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField, ValidationError

from app.accounts import queries as accounts
from app.kernel.db import db
from app.models.choices import OPEN_STATUSES, LeadStatus, Priority
from app.models.leads import Lead
from app.nurture.queries import active_sequences
from app.web.fields import MemberField, choices
from app.web.formats import words
from app.web.lead.groups import DetailsForm, LabelsField
from app.web.write_form import PartForm

RATINGS = [(f"{half / 2:.1f}", f"Quality {half / 2:g} of 5") for half in range(10, 1, -1)]
"""As `quality_rating` is kept: one to five, in halves."""


REASON_MISSING = "Choose why the lead is lost."


class HandlingForm(DetailsForm):
    kind = "handling"
    names = ("assigned_to_user_id", "priority_level", "quality_rating")
    assigned_to_user_id = MemberField("Looked after by")
    priority_level = SelectField(
        "Priority", choices=choices((level.value, f"{words(level)} priority") for level in reversed(Priority))
    )
    quality_rating = SelectField(
        "Quality", choices=choices([("", "Quality not rated"), *RATINGS]), default=""
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.assigned_to_user_id.offer("Nobody yet")


class StatusForm(PartForm):
    kind = "status"
    lead_status = HiddenField()
    value_unknown = BooleanField()
    lost_reason = SelectField("Why it is lost", default="")
    lost_details = TextAreaField("More about it", render_kw={"rows": 2, "maxlength": 10_000})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = accounts.supplier(db.session()).lost_reasons
        known = [("", "Choose a reason"), *((reason, words(reason)) for reason in reasons)]
        self.lost_reason.choices = choices(known)

    def validate_lost_reason(self, field: SelectField) -> None:
        if self.lead_status.data == LeadStatus.LOST and not field.data:
            raise ValidationError(REASON_MISSING)

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if value}


class TagForm(PartForm):
    kind = "tag"
    add = LabelsField("Tag", render_kw={"maxlength": 300, "placeholder": "Add a tag", "autocomplete": "off"})
    remove = StringField()

    def values(self) -> dict[str, Any]:
        return {"add": self.add.data or [], "remove": [self.remove.data] if self.remove.data else []}


class EnrollForm(PartForm):
    kind = "enroll"
    nurture_sequence_id = SelectField("Sequence")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = active_sequences(db.session())
        self.nurture_sequence_id.choices = choices((str(one.id), one.sequence_name) for one in there)


def handling(lead: Lead, sent: dict[str, Any]) -> dict[str, Any]:
    """What the bar below the header needs: its forms, as the lead is now or as they were sent back."""
    bar = sent.get("handling")
    is_open = lead.lead_status in OPEN_STATUSES
    return {
        "form": bar or HandlingForm.of(lead),
        "saved": bar.saved_meanwhile(lead) if bar else {},
        "status": sent.get("status") or StatusForm(formdata=None),
        "tag": sent.get("tag") or TagForm(formdata=None),
        "enroll": (sent.get("enroll") or EnrollForm(formdata=None)) if is_open else None,
        "moves": [status for status in LeadStatus if status in OPEN_STATUSES and status != lead.lead_status],
        "is_open": is_open,
    }
