"""Templates of e-mails, text messages and tasks, what they may say, and how they look filled in."""

from datetime import datetime
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from pydantic import Field

from app.messaging.templates.preview import Preview
from app.messaging.templates.queries import Use
from app.messaging.templates.schemas import (
    EmailTemplateWrite,
    PreviewOf,
    SmsTemplateWrite,
    TaskTemplateWrite,
)
from app.models.choices import Priority
from app.models.nurture import EmailTemplate as EmailRow
from app.models.nurture import SmsTemplate as SmsRow
from app.models.nurture import TaskTemplate as TaskRow
from app.rest.shapes.base import Shape


class TemplateUse(Shape):
    """A step that names the template: of the draft (version 0), of the version in force, or of one that leads
    are on."""

    sequence_id: UUID
    sequence_name: str
    step_name: str
    version: int


class _Listed(Shape):
    id: UUID
    name: str
    created_at: datetime
    updated_at: datetime
    used_in: list[TemplateUse] = Field(default_factory=list)


class ListedEmailTemplate(_Listed):
    """An e-mail template without its text, and the steps that use it."""

    subject: str


class ListedSmsTemplate(_Listed):
    """A text message template without its text, and the steps that use it."""


class ListedTaskTemplate(_Listed):
    """A task template without its description, and the steps that use it."""

    title: str
    due_in_days: int
    priority: Priority


class EmailTemplate(ListedEmailTemplate):
    """An e-mail in Liquid, and the steps that use it."""

    content: str
    text_content: str | None


class SmsTemplate(ListedSmsTemplate):
    """A text message in Liquid, and the steps that use it."""

    content: str


class TaskTemplate(ListedTaskTemplate):
    """A task that a step makes, and the steps that use it."""

    description: str | None


class EmailTemplatesResponse(Shape):
    """All e-mail templates, at most 200, by name."""

    templates: list[ListedEmailTemplate]


class SmsTemplatesResponse(Shape):
    """All text message templates, at most 200, by name."""

    templates: list[ListedSmsTemplate]


class TaskTemplatesResponse(Shape):
    """All task templates, at most 200, by name."""

    templates: list[ListedTaskTemplate]


class _Told(Shape):
    success: Literal[True] = True
    message: str


class EmailTemplateResponse(_Told):
    """The e-mail template as it is now."""

    template: EmailTemplate


class SmsTemplateResponse(_Told):
    """The text message template as it is now."""

    template: SmsTemplate


class TaskTemplateResponse(_Told):
    """The task template as it is now."""

    template: TaskTemplate


class EmailPreviewAsked(PreviewOf):
    """An e-mail template to fill in, for the lead or for a made-up couple that says everything."""

    template: EmailTemplateWrite


class SmsPreviewAsked(PreviewOf):
    """A text message template to fill in, for the lead or for a made-up couple that says everything."""

    template: SmsTemplateWrite


class TaskPreviewAsked(PreviewOf):
    """A task template to fill in, for the lead or for a made-up couple that says everything."""

    template: TaskTemplateWrite


class TemplateProblem(Shape):
    """What keeps a template from being saved: at which field, with the line."""

    field: str
    message: str


class TemplatePreview(Shape):
    """A template filled in: `subject` of an e-mail or title of a task, `html` of an e-mail; `segments` is how
    many parts a text message is sent in, and the letters in `foreign` make it dearer. `fell_back` are the
    tokens that the lead does not say. With `problems` there is nothing else."""

    problems: list[TemplateProblem]
    subject: str | None
    html: str | None
    text: str
    segments: int | None
    foreign: str | None
    fell_back: list[str]


class TemplateToken(Shape):
    """A word that templates may use between double braces; `fallback` is what it says where the lead does
    not."""

    name: str
    says: str
    fallback: str
    sample: Annotated[str, Field(coerce_numbers_to_str=True)]


class TemplateTokensResponse(Shape):
    """Every token."""

    tokens: list[TemplateToken]


S = TypeVar("S", bound=_Listed)
Row = EmailRow | SmsRow | TaskRow


def shown(shape: type[S], row: Row, used: list[Use]) -> S:
    """The row as that shape has it, with the steps that use it."""
    steps = [TemplateUse.model_validate(use) for use in used]
    return shape.model_validate(row).model_copy(update={"used_in": steps})


def preview(found: Preview) -> TemplatePreview:
    counted = found.counted
    return TemplatePreview(
        problems=[TemplateProblem(field=one.field, message=one.message) for one in found.problems],
        subject=found.subject,
        html=found.html,
        text=found.text,
        segments=counted.segments if counted else None,
        foreign=counted.foreign if counted else None,
        fell_back=found.fell_back,
    )
