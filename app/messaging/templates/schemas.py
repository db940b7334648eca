"""What may be written of templates. Their texts are checked as Liquid besides (`app/messaging/checks.py`)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.kernel.schema import Name, Patch, PatchSchema, Schema
from app.messaging.sandbox import LONGEST
from app.models.choices import Priority

LONGEST_SMS = 5_000

TemplateName = Annotated[Name, Field(min_length=1)]
Line = Annotated[str, Field(min_length=1, max_length=255)]
Html = Annotated[str, Field(min_length=1, max_length=LONGEST)]
Sms = Annotated[str, Field(min_length=1, max_length=LONGEST_SMS)]
Description = Annotated[str, Field(max_length=10_000)]
DueInDays = Annotated[int, Field(ge=0, le=365)]


class EmailTemplateWrite(Schema):
    """An e-mail in Liquid: subject and HTML; the text part is derived unless `text_content` is given."""

    name: TemplateName
    subject: Line
    content: Html
    text_content: Html | None = None


class EmailTemplatePatch(PatchSchema):
    """Changes of an e-mail template: what is absent stays, null clears."""

    name: Patch[TemplateName]
    subject: Patch[Line]
    content: Patch[Html]
    text_content: Patch[Html]


class SmsTemplateWrite(Schema):
    """A text message in Liquid; at most ten parts once it is filled in."""

    name: TemplateName
    content: Sms


class SmsTemplatePatch(PatchSchema):
    """Changes of a text message template: what is absent stays."""

    name: Patch[TemplateName]
    content: Patch[Sms]


class TaskTemplateWrite(Schema):
    """A task that a step makes; title and description are Liquid, and it is due so many days later."""

    name: TemplateName
    title: Line
    description: Description | None = None
    due_in_days: DueInDays = 1
    priority: Priority = Priority.MEDIUM


class TaskTemplatePatch(PatchSchema):
    """Changes of a task template: what is absent stays, null clears."""

    name: Patch[TemplateName]
    title: Patch[Line]
    description: Patch[Description]
    due_in_days: Patch[DueInDays]
    priority: Patch[Priority]


TemplateWrite = EmailTemplateWrite | SmsTemplateWrite | TaskTemplateWrite
TemplatePatch = EmailTemplatePatch | SmsTemplatePatch | TaskTemplatePatch


class PreviewOf(Schema):
    """The lead to fill a template in for; without one, a made-up couple that says everything."""

    lead_id: UUID | None = None
