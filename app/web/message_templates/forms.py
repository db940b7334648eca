"""The forms of the three sorts of templates, and what belongs to each sort."""

from dataclasses import dataclass
from typing import Any

from wtforms import IntegerField, SelectField, StringField, TextAreaField

from app.kernel.errors import NotFound
from app.messaging.templates.schemas import (
    LONGEST_SMS,
    EmailTemplatePatch,
    EmailTemplateWrite,
    SmsTemplatePatch,
    SmsTemplateWrite,
    TaskTemplatePatch,
    TaskTemplateWrite,
)
from app.models.choices import Priority
from app.models.nurture import EmailTemplate, SmsTemplate, TaskTemplate
from app.web.fields import choices
from app.web.write_form import WriteForm

NAME = {"required": True, "maxlength": 255, "autocomplete": "off"}
LINE = {"required": True, "maxlength": 255, "autocomplete": "off", "data-tokens": ""}


def _texts(rows: int, longest: int = 100_000, **more: Any) -> dict[str, Any]:
    return {"rows": rows, "maxlength": longest, "data-tokens": "", "spellcheck": "true"} | more


class TemplateForm(WriteForm):
    """`lead` is whom the preview is filled in for."""

    lead = StringField(
        "Preview for",
        description="Part of a name or an e-mail, or an id. Empty: a made-up couple.",
        render_kw={"maxlength": 100, "autocomplete": "off"},
    )

    def values(self) -> dict[str, Any]:
        """Without `lead`; lines end as they do in a file."""
        given = {name: value for name, value in super().values().items() if name != "lead"}
        return {n: v.replace("\r\n", "\n") if isinstance(v, str) else v for n, v in given.items()}


class EmailForm(TemplateForm):
    name = StringField("Name", description="For you and your team.", render_kw=NAME)
    subject = StringField("Subject", render_kw=LINE)
    content = TextAreaField(
        "Text",
        description="HTML: paragraphs, headings, lists, links, pictures. Logo, colour and footer are added.",
        render_kw=_texts(16, required=True),
    )
    text_content = TextAreaField(
        "Plain text", description="Empty: made from the text above.", render_kw=_texts(4)
    )


class SmsForm(TemplateForm):
    name = StringField("Name", description="For you and your team.", render_kw=NAME)
    content = TextAreaField(
        "Text",
        description="How to stop is added where it has to stand.",
        render_kw=_texts(6, LONGEST_SMS, required=True),
    )


class TaskForm(TemplateForm):
    name = StringField("Name", description="For you and your team.", render_kw=NAME)
    title = StringField("Title of the task", render_kw=LINE)
    description = TextAreaField("Description", render_kw=_texts(6, 10_000))
    due_in_days = IntegerField("Due in days", default=1, render_kw={"min": 0, "max": 365, "required": True})
    priority = SelectField(
        "Priority",
        choices=choices((each.value, each.value.capitalize()) for each in Priority),
        default=Priority.MEDIUM.value,
    )


@dataclass(frozen=True)
class Page:
    """A sort of templates as the pages have it."""

    key: str
    label: str
    icon: str
    model: Any
    write: Any
    patch: Any
    form: type[TemplateForm]


PAGES = {
    page.key: page
    for page in (
        Page("email", "E-mails", "mail", EmailTemplate, EmailTemplateWrite, EmailTemplatePatch, EmailForm),
        Page("sms", "Text messages", "message", SmsTemplate, SmsTemplateWrite, SmsTemplatePatch, SmsForm),
        Page("task", "Tasks", "checklist", TaskTemplate, TaskTemplateWrite, TaskTemplatePatch, TaskForm),
    )
}


def page_of(sort: str) -> Page:
    """The page of that sort; NotFound for another word."""
    if sort not in PAGES:
        raise NotFound("page")
    return PAGES[sort]
