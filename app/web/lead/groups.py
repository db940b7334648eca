"""The details of a lead in groups, each with the form that changes it."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from wtforms import (
    DateField,
    DecimalField,
    EmailField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import Optional

from app.kernel.errors import Duplicate, Outdated
from app.leads.schemas import LeadUpdate
from app.leads.versions import Seen, fingerprint
from app.models.choices import ContactMethod
from app.models.leads import BUDGET_RANGES, Lead
from app.web.fields import choices
from app.web.formats import budget_range, phone, words
from app.web.lead.custom_fields import from_lines, to_lines
from app.web.viewer import viewer
from app.web.write_form import PartForm
from app.workflows.alter_lead import Changed
from app.workflows.update_lead import update_lead


class PhoneField(TelField):
    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else phone(self.data or "")


class LabelsField(StringField):
    """Words with commas between them."""

    data: Any

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else ", ".join(self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [word for word in map(str.strip, "".join(valuelist).split(",")) if word]


class CustomField(TextAreaField):
    data: Any

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else to_lines(self.data or {})

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = from_lines("".join(valuelist))


class DetailsForm(PartForm):
    """Changes a group of fields, unless somebody else changed it since the page was shown."""

    seen = HiddenField()
    outdated = False
    existing_id: str | None = None
    """Another lead that has the e-mail which was entered."""
    names: ClassVar[tuple[str, ...]]

    @classmethod
    def of(cls, lead: Lead) -> "DetailsForm":
        """As the lead is now."""
        return cls(formdata=None, obj=lead, data={"seen": fingerprint(lead, cls.names)})

    def values(self) -> dict[str, Any]:
        return {name: self._fields[name].data for name in self.names}

    def write_for(self, lead_id: UUID) -> bool:
        seen = Seen(fingerprint=self.seen.data or None)
        return self.write(LeadUpdate, lambda change: self._update(lead_id, change, seen))

    def _update(self, lead_id: UUID, change: LeadUpdate, seen: Seen) -> object:
        try:
            return update_lead(viewer().actor, lead_id, change, seen)
        except Outdated:
            self.outdated = True
            raise Outdated(
                "Somebody changed this while you were writing. What is saved now stands below each field "
                "that differs; save again to keep yours."
            ) from None
        except Duplicate as found:
            self.existing_id = found.details.get("existing_id")
            raise

    @property
    def done(self) -> str:
        """What to say once it is written."""
        made: Changed = self.result
        if not made.changed:
            return "Nothing was different."
        if made.new_score == made.old_score:
            return "Saved."
        return f"Saved. The score moved from {made.old_score} to {made.new_score}."

    def saved_meanwhile(self, lead: Lead) -> dict[str, str]:
        """What is saved by now where it differs from what was entered. The next save goes by that."""
        if not self.outdated:
            return {}
        now = self.of(lead)
        self.seen.data, self.seen.raw_data = now.seen.data, None
        shown = {name: (_shown(self._fields[name]), _shown(now._fields[name])) for name in self.names}
        return {name: saved or "nothing" for name, (mine, saved) in shown.items() if mine != saved}


def _shown(field: Any) -> str:
    if isinstance(field, SelectField):
        options: Any = field.choices
        return str({str(one.value): one.label for one in options}.get(str(field.data or ""), ""))
    return str(field._value())


def line(most: int = 255, **more: Any) -> dict[str, Any]:
    return {"maxlength": most, "autocomplete": "off", **more}


class ContactForm(DetailsForm):
    kind = "contact"
    names = (
        "couple_name_bride",
        "couple_name_groom",
        "primary_email",
        "primary_phone",
        "secondary_email",
        "secondary_phone",
        "preferred_contact_method",
    )
    couple_name_bride = StringField("First partner", render_kw=line())
    couple_name_groom = StringField("Second partner", render_kw=line())
    primary_email = EmailField("E-mail", render_kw=line(254))
    primary_phone = PhoneField("Phone", render_kw=line(20))
    secondary_email = EmailField("Other e-mail", render_kw=line(254))
    secondary_phone = PhoneField("Other phone", render_kw=line(20))
    preferred_contact_method = SelectField(
        "Prefers", choices=choices((way.value, words(way)) for way in ContactMethod)
    )


class WeddingForm(DetailsForm):
    kind = "wedding"
    names = ("wedding_date", "wedding_venue", "wedding_location", "estimated_guest_count")
    wedding_date = DateField("Wedding date", [Optional()])
    wedding_venue = StringField("Venue", render_kw=line())
    wedding_location = StringField("Place", render_kw=line())
    estimated_guest_count = IntegerField("Guests", [Optional()], render_kw={"min": 0, "max": 100_000})


class WishesForm(DetailsForm):
    kind = "wishes"
    names = ("estimated_budget", "budget_range", "services_needed")
    estimated_budget = DecimalField(
        "Budget", [Optional()], places=None, render_kw={"inputmode": "decimal", "maxlength": 15}
    )
    budget_range = SelectField("Budget range", description="Follows the budget where that is known.")
    services_needed = LabelsField("Services", description="With commas between them.", render_kw=line(3000))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ranges = [(code, budget_range(code)) for code in BUDGET_RANGES]
        self.budget_range.choices = choices([("", "Not said"), *ranges])


class NotesForm(DetailsForm):
    kind = "notes"
    names = ("specific_requirements", "additional_notes")
    specific_requirements = TextAreaField("Requirements", render_kw={"rows": 3, "maxlength": 10_000})
    additional_notes = TextAreaField("Notes", render_kw={"rows": 5, "maxlength": 10_000})


class CustomForm(DetailsForm):
    kind = "custom"
    names = ("custom_fields",)
    custom_fields = CustomField(
        "Own fields",
        description="One a line, as name: value. A scoring rule may ask about custom_fields.name.",
        render_kw={"rows": 5, "maxlength": 20_000},
    )


@dataclass(frozen=True)
class Group:
    """What stands together: a title, and the form that changes it."""

    title: str
    form: type[DetailsForm]


GROUPS: dict[str, Group] = {
    "contact": Group("Contact", ContactForm),
    "wedding": Group("Wedding", WeddingForm),
    "wishes": Group("Budget and services", WishesForm),
    "notes": Group("What they wish for", NotesForm),
    "custom": Group("Own fields", CustomForm),
}
