"""The forms of steps, one for each type: it asks what that type needs and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.validators import Optional
from wtforms.widgets import TimeInput

from app.kernel.errors import FieldError, InvalidInput
from app.models.choices import Anchor, DelayUnit
from app.nurture.authoring.differences import DAYS
from app.nurture.authoring.rows import Written
from app.web.condition_rows import BranchesField, ConditionsField
from app.web.fields import CheckboxChoices, choices
from app.web.formats import words
from app.web.sequences.blueprint import revision
from app.web.step_words import ANCHORS, content_of
from app.web.write_form import M, WriteForm

NAME = {"required": True, "maxlength": 255, "autocomplete": "off"}


class WallTimeField(StringField):
    """A time of day; the model says what is one."""

    widget = TimeInput()

    def _value(self) -> str:
        return f"{self.data:%H:%M}" if isinstance(self.data, time) else self.data or ""


@dataclass(frozen=True)
class Text:
    """A template that a step names by `field`; none yet without an id."""

    field: str
    label: str
    sort: str
    template_id: UUID | None
    name: str


class StepForm(WriteForm):
    """What steps of every type have. `content` names fields that stand in the step's content as JSON, of the
    shape `content_model`."""

    content: ClassVar[tuple[str, ...]] = ()
    content_model: ClassVar[type[BaseModel] | None] = None
    named: ClassVar[Mapping[str, str]] = {}
    """Its fields that name a template, and the sort of it; the first one is what the step says."""

    revision = HiddenField()
    step_type = HiddenField()
    step_order = SelectField("Place")
    step_name = StringField("Name", render_kw=NAME)
    delay_amount = IntegerField("How long", [Optional()], default=1, render_kw={"min": 0, "max": 10_000})
    delay_unit = SelectField(
        "Unit", choices=choices((one, words(one).lower()) for one in DelayUnit), default=DelayUnit.DAYS
    )
    side = SelectField("Before or after", choices=choices([("after", "after"), ("before", "before")]))
    anchor = SelectField("Counted from", choices=choices(ANCHORS.items()), default=Anchor.PREVIOUS_STEP)
    send_time = WallTimeField("Time of day", default="09:00", render_kw={"required": True})
    send_days = CheckboxChoices(
        "Days",
        choices=list(enumerate(DAYS, start=1)),
        coerce=int,
        default=[1, 2, 3, 4, 5],
        description="None is any day. Your holidays and blocked days are passed over.",
    )
    execution_conditions = ConditionsField("Only if")
    branch_conditions = BranchesField("Branches")
    is_active = BooleanField("On", default=True)
    max_lateness_hours = IntegerField(
        "At most so many hours late",
        [Optional()],
        description="Later than this it is skipped. Empty: two days for an acknowledgement, a week for other "
        "messages, and never for the rest.",
        render_kw={"min": 1, "max": 720},
    )
    runs_when_past = BooleanField(
        "Take it even if its day is over",
        description="What counts from the inquiry, the booking or the wedding is skipped else.",
    )

    @classmethod
    def of(cls, step: Written, revision: int, chosen: Mapping[str, str] | None = None) -> "StepForm":
        """As the step is now, with the templates `chosen` since; what was posted when the form was."""
        row = step.row
        said = {name: getattr(row, name) for name in _PLAIN} | content_of(row)
        said |= {"delay_amount": abs(row.delay_amount), "side": "before" if row.delay_amount < 0 else "after"}
        for name in ("email_template_id", "sms_template_id", "task_template_id"):
            said[name] = str(getattr(row, name) or "")
        said |= {f"variant_{label}": str(one) for label, one in step.variants.items()}
        said |= chosen or {}
        tags = ("add", "remove")
        said |= {name: ", ".join(said[name]) for name in tags if isinstance(said.get(name), list)}
        said["moves_to"] = said.get("status")
        form = cls(data=said | {"revision": revision})
        del form.step_order
        return form

    def place(self, steps: list[tuple[int, str]]) -> None:
        """Which places there are for a new step, the last one first; only what is behind it may be led to."""
        before = [(str(order), f"Before {order}. {name}") for order, name in steps]
        self.step_order.choices = choices([("", "At the end"), *before])
        self.step_order.data = self.step_order.data or ""
        del self.branch_conditions

    def lead(self, steps: list[tuple[int, str]]) -> None:
        """Where its branches may lead."""
        self.branch_conditions.targets = tuple(steps)

    def widen(self, name: str) -> None:
        """Another empty row, or branch."""
        field = self._fields.get(name)
        if field is not None and hasattr(field, "blank"):
            field.blank += 1

    @property
    def texts(self) -> list[Text]:
        """The templates as they are chosen now; the first field stands also while it names none."""
        found = [self._text(self[name], sort) for name, sort in self.named.items()]
        return [text for at, text in enumerate(found) if text.template_id or not at]

    @staticmethod
    def _text(field: Any, sort: str) -> Text:
        name = next((one.label for one in field.choices if one.value == field.data and field.data), None)
        return Text(field.short_name, field.label.text, sort, UUID(field.data) if name else None, name or "")

    @property
    def seen(self) -> int | None:
        """The revision that was on the page."""
        return revision(self.revision.data)

    def values(self) -> dict[str, Any]:
        """As StepWrite has them."""
        given = super().values()
        del given["revision"]
        side, amount = given.pop("side"), given["delay_amount"] or 0
        given["delay_amount"] = -amount if side == "before" else amount
        if self.content_model:
            said = {name: given.pop(name) for name in self.content}
            given["step_content"] = self.written(said)
        return given

    def written(self, said: dict[str, Any]) -> str | None:
        """The content as JSON; as it is where it is wrong, which `read` has said."""
        try:
            return self._content(said).model_dump_json(exclude_defaults=True)
        except ValidationError:
            return "{}"

    def read(self, model: type[M]) -> M | None:
        """Its content first, so that what is wrong there stands at its own field."""
        if not self.validate_on_submit() or self._left_blank():
            return None
        said = {name: self[name].data for name in self.content}
        try:
            if self.content_model:
                self._content(said)
        except ValidationError as wrong:
            self.blame(_refusal(wrong, self.content))
            return None
        return super().read(model)

    def _left_blank(self) -> bool:
        """What has no meaning when it is empty, as its field then says."""
        asked = ((self.delay_amount, "Say how long; 0 is at once."), (self.send_time, "Say at what time."))
        blank = [(field, message) for field, message in asked if field.data in (None, "")]
        for field, message in blank:
            field.errors = [message]
        return bool(blank)

    def _content(self, said: dict[str, Any]) -> BaseModel:
        assert self.content_model
        given = {name: value for name, value in said.items() if value not in (None, "")}
        return self.content_model.model_validate(given)

    def blame(self, error: InvalidInput) -> None:
        """Problems of variants and of the content stand at the first of those fields."""
        first = {"variants": "variant_B", "step_content": next(iter(self.content), "step_name")}
        fields = [
            FieldError(first.get(one.field.partition(".")[0], one.field), one.code, one.message)
            for one in error.fields
        ]
        super().blame(InvalidInput(error.message, fields=fields))


_PLAIN = (
    *("step_type", "step_name", "delay_unit", "anchor", "send_time", "send_days", "execution_conditions"),
    *("branch_conditions", "is_active", "max_lateness_hours", "runs_when_past"),
    *("message_class", "needs_approval"),
)


def _refusal(wrong: ValidationError, names: tuple[str, ...]) -> InvalidInput:
    found = InvalidInput.from_pydantic(wrong)
    fields = [one if one.field else FieldError(names[0], one.code, one.message) for one in found.fields]
    return InvalidInput(found.message, fields=fields)
