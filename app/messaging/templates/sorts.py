"""The three sorts of templates, and what each has of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.messaging.checks import Kind
from app.messaging.templates.schemas import EmailTemplateWrite, SmsTemplateWrite, TaskTemplateWrite
from app.models.nurture import EmailTemplate, SequenceStep, SmsTemplate, TaskTemplate

Template = EmailTemplate | SmsTemplate | TaskTemplate


@dataclass(frozen=True)
class Sort:
    """`texts` are its columns in Liquid and what each is for, `step_column` is where steps name it."""

    called: str
    write: type[Any]
    texts: Mapping[str, Kind]
    step_column: str

    @property
    def of_steps(self) -> Any:
        return getattr(SequenceStep, self.step_column)


SORTS: dict[type[Template], Sort] = {
    EmailTemplate: Sort(
        "e-mail template",
        EmailTemplateWrite,
        {"subject": Kind.SUBJECT, "content": Kind.HTML, "text_content": Kind.TEXT},
        "email_template_id",
    ),
    SmsTemplate: Sort("text message template", SmsTemplateWrite, {"content": Kind.SMS}, "sms_template_id"),
    TaskTemplate: Sort(
        "task template",
        TaskTemplateWrite,
        {"title": Kind.TITLE, "description": Kind.TEXT},
        "task_template_id",
    ),
}
