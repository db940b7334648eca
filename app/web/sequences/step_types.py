"""What the form of each type of step asks beside what all ask."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from app.kernel.db import db
from app.models.choices import OPEN_STATUSES, LeadStatus, MessageClass, Priority, StepType
from app.models.nurture import EmailTemplate, SmsTemplate, TaskTemplate
from app.nurture.authoring.texts import choosable
from app.nurture.schemas import ScoreContent, StatusContent, TagsContent, TaskContent
from app.web.fields import MemberField, choices
from app.web.formats import words
from app.web.sequences.step_form import StepForm
from app.web.step_words import CLASSES

LABELS = ("B", "C", "D", "E")
"""Of the variants beside the step's own text."""
APPROVAL = "Hold each message for my yes"
_TAGS = {"maxlength": 2000, "autocomplete": "off"}


def _variant(label: str) -> SelectField:
    return SelectField(f"Text {label}", default="")


class _MessageForm(StepForm):
    message_class = SelectField(
        "Kind of message", choices=choices(CLASSES.items()), default=MessageClass.FOLLOW_UP
    )
    needs_approval = BooleanField(
        APPROVAL, description="It waits on the dashboard until somebody approves or refuses it."
    )


class EmailForm(_MessageForm):
    named = dict.fromkeys(("email_template_id", *(f"variant_{label}" for label in LABELS)), "email")

    email_template_id = SelectField("E-mail", default="")
    variant_B, variant_C, variant_D, variant_E = (_variant(label) for label in LABELS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.email_template_id, EmailTemplate, "Choose one")
        for label in LABELS:
            _offer(self[f"variant_{label}"], EmailTemplate, "None")

    def values(self) -> dict[str, Any]:
        given = super().values()
        chosen = {label: given.pop(f"variant_{label}") for label in LABELS}
        variants = [{"label": label, "email_template_id": one} for label, one in chosen.items() if one]
        return given | {"variants": variants}


class SmsForm(_MessageForm):
    named = MappingProxyType({"sms_template_id": "sms", "email_template_id": "email"})

    sms_template_id = SelectField("Text message", default="")
    email_template_id = SelectField(
        "Otherwise the e-mail",
        default="",
        description="For who has no phone, or while text messages are not set up.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.sms_template_id, SmsTemplate, "Choose one")
        _offer(self.email_template_id, EmailTemplate, "None: the step is skipped")


class TaskForm(StepForm):
    content = ("title", "description", "due_in_days", "priority", "assigned_to")
    content_model = TaskContent
    named = MappingProxyType({"task_template_id": "task"})

    task_template_id = SelectField("From a template", default="")
    title = StringField(
        "What is to do",
        description="Empty: the name of the step. May say {{ couple_names }} and other words of a lead.",
        render_kw={"maxlength": 255, "autocomplete": "off"},
    )
    description = TextAreaField("More about it", render_kw={"rows": 4, "maxlength": 10_000})
    due_in_days = IntegerField(
        "Due in days",
        [Optional()],
        description="Empty: a call at once, a task the day after.",
        render_kw={"min": 0, "max": 365},
    )
    priority = SelectField(
        "Priority", choices=choices((one, words(one)) for one in Priority), default=Priority.MEDIUM
    )
    assigned_to = MemberField("Who does it")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.task_template_id, TaskTemplate, "None: what is written here")
        self.assigned_to.offer("Whoever looks after the lead")

    def written(self, said: dict[str, Any]) -> str | None:
        """Nothing where a template says it."""
        return None if self.task_template_id.data else super().written(said)

    def _content(self, said: dict[str, Any]) -> Any:
        return super()._content(said | {"title": said["title"] or self.step_name.data or "?"})


class ScoreForm(StepForm):
    content = ("points", "reason", "expires_in_days")
    content_model = ScoreContent

    points = IntegerField(
        "Points",
        [Optional()],
        description="From -100 to 100; less than 0 takes away.",
        render_kw={"required": True, "min": -100, "max": 100},
    )
    reason = StringField(
        "Why", description="It stands beside the score.", render_kw={"maxlength": 255, "autocomplete": "off"}
    )
    expires_in_days = IntegerField(
        "For so many days",
        [Optional()],
        description="Empty: for good.",
        render_kw={"min": 1, "max": 3650},
    )


class StatusForm(StepForm):
    content = ("moves_to",)
    content_model = StatusContent

    moves_to = SelectField(
        "To", choices=choices((one, words(one)) for one in LeadStatus if one in OPEN_STATUSES)
    )

    def _content(self, said: dict[str, Any]) -> Any:
        return super()._content({"status": said["moves_to"]})


class TagsForm(StepForm):
    content = ("add", "remove")
    content_model = TagsContent

    add = StringField("Add", description="Several with commas between them.", render_kw=_TAGS)
    remove = StringField("Remove", description="Several with commas between them.", render_kw=_TAGS)

    def _content(self, said: dict[str, Any]) -> Any:
        return super()._content({name: _tags(text) for name, text in said.items()})


FORMS: Mapping[StepType, type[StepForm]] = {
    StepType.EMAIL: EmailForm,
    StepType.SMS: SmsForm,
    StepType.PHONE_CALL: TaskForm,
    StepType.TASK_CREATION: TaskForm,
    StepType.SCORE_ADJUSTMENT: ScoreForm,
    StepType.STATUS_CHANGE: StatusForm,
    StepType.TAG_ASSIGNMENT: TagsForm,
}


def _offer(field: Any, model: type[Any], nothing: str) -> None:
    """The templates of that kind, and none."""
    named = [(str(id), name) for id, name in choosable(db.session(), model)]
    field.choices = choices([("", nothing), *named])
    field.data = field.data or ""


def _tags(text: str | None) -> list[str]:
    return [tag.strip() for tag in (text or "").split(",") if tag.strip()]
