"""The public form: WTForms declares labels and widgets once, for the hosted page and for the widget;
the pydantic model validates. What was typed stays typed."""

import re
from typing import Any

from flask import request
from wtforms import BooleanField, Field, Form, HiddenField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, DateInput, EmailInput, ListWidget, TelInput

from app.capture.schemas import InquiryForm
from app.kernel.errors import FieldError, InvalidInput
from app.kernel.schema import validate
from app.kernel.wording import for_people
from app.widget.gate import PublicForm

_GROUPED = re.compile(r"\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d{2})?")
_CURRENCY = re.compile(r"^[£$€]\s*|\s*[£$€]$")


def plain_number(typed: str) -> str:
    """What was typed without currency sign and thousands marks: `£3,500.00` is `3500.00`; else as it is."""
    bare = _CURRENCY.sub("", typed.strip())
    if not _GROUPED.fullmatch(bare):
        return bare
    cents = re.search(r"[.,](\d{2})$", bare)
    whole = re.sub(r"\D", "", bare[: cents.start()] if cents else bare)
    return f"{whole}.{cents[1]}" if cents else whole


def as_meant(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields with numbers freed of their decoration; everything else untouched."""
    numbers = ("budget", "guest_count")
    return {k: plain_number(v) if k in numbers and isinstance(v, str) else v for k, v in fields.items()}


def _bounds() -> dict[str, int]:
    """The longest text of each field, from the model."""
    properties = InquiryForm.model_json_schema()["properties"]
    kinds = {name: [p, *p.get("anyOf", [])] for name, p in properties.items()}
    return {name: k["maxLength"] for name, options in kinds.items() for k in options if "maxLength" in k}


BOUNDS = _bounds()
NEED = "We need your name, and an e-mail address or a phone number to answer you. The rest is up to you."


class Choices(SelectMultipleField):
    """Check boxes in a list."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class InquiryPage(Form):
    """The fields of `InquiryForm` as people see them, then what travels with them unseen."""

    your_name = StringField("Your name", render_kw={"autocomplete": "name", "required": True})
    partner_name = StringField("Your partner's name", render_kw={"autocomplete": "off"})
    email = StringField("E-mail", widget=EmailInput(), render_kw={"autocomplete": "email"})
    phone = StringField("Phone", widget=TelInput(), render_kw={"autocomplete": "tel"})
    wedding_date = StringField("Wedding date", widget=DateInput())
    guest_count = StringField("Guests", description="About how many", render_kw={"inputmode": "numeric"})
    venue = StringField("Venue")
    location = StringField("Town or region")
    budget = StringField("Budget", render_kw={"inputmode": "decimal"})
    services = Choices("What would you like?")
    message = TextAreaField("Your message", render_kw={"rows": 5})
    consent_data_processing = BooleanField("You may use these details to answer my inquiry.")
    consent_marketing = BooleanField("You may also send me news and offers by e-mail.")

    website = StringField("Leave this empty")
    token = HiddenField()
    idempotency_key = HiddenField()
    referrer = HiddenField()

    def __init__(self, form: PublicForm, **kwargs: Any) -> None:
        super().__init__(request.form if request.method == "POST" else None, **kwargs)
        self.services.choices = [(service, service) for service in form.services]
        self.budget.description = f"In {form.currency}"
        if form.consent_wording:
            self.consent_data_processing.label.text = form.consent_wording
        for name, most in BOUNDS.items():
            self[name].render_kw = {**(self[name].render_kw or {}), "maxlength": most}

    def visible(self) -> list[Field]:
        """The fields that people fill in; no services, no question about them."""
        wanted = (field for field in self if field.short_name in InquiryForm.model_fields)
        return [field for field in wanted if field is not self.services or self.services.choices]

    def read(self) -> InquiryForm:
        """What was said; InvalidInput, which `blame` can show."""
        return validate(InquiryForm, as_meant({f.short_name: f.data for f in self.visible()}))

    def blame(self, error: InvalidInput) -> None:
        """Each problem at its field; how to reach the couple belongs to the e-mail, the rest to the form."""
        for problem in map(for_people, error.fields or [FieldError("", "invalid", error.message)]):
            name = problem.field.partition(".")[0] or "email"
            if name in InquiryForm.model_fields:
                self[name].errors = (*self[name].errors, problem.message)
            else:
                self.form_errors.append(problem.message)


def described(form: PublicForm) -> list[dict[str, Any]]:
    """The visible fields for the widget: name, label, hint, kind, choices and HTML attributes."""
    return [_described(field) for field in InquiryPage(form).visible()]


def _described(field: Any) -> dict[str, Any]:
    kinds = {"BooleanField": "checkbox", "Choices": "checkboxes", "TextAreaField": "textarea"}
    kind = kinds.get(field.type, "input")
    attributes = {k: "" if v is True else v for k, v in (field.render_kw or {}).items()}
    if kind == "input":
        attributes["type"] = getattr(field.widget, "input_type", "text")
    return {
        "name": field.short_name,
        "label": field.label.text,
        "hint": field.description,
        "kind": kind,
        "choices": [value for value, _ in field.choices] if kind == "checkboxes" else [],
        "attributes": attributes,
    }
