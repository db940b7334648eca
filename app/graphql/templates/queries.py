"""`emailTemplates`, `smsTemplates`, `taskTemplates`, one of each, their previews, tokens and uses."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from app.graphql.context import Info, reading
from app.graphql.declare import field, value
from app.graphql.paging import After, Connection, First
from app.graphql.payload import row_of
from app.graphql.read import Rows, page
from app.graphql.sequences.types import EmailTemplate, SmsTemplate, TaskTemplate
from app.graphql.templates import types
from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.keyset import Order
from app.messaging.templates.preview import preview
from app.messaging.templates.queries import uses
from app.messaging.templates.schemas import (
    EmailTemplateWrite,
    SmsTemplateWrite,
    TaskTemplateWrite,
    TemplateWrite,
)
from app.messaging.templates.sorts import Template
from app.models import nurture as models

MODELS: dict[types.TemplateKind, type[Template]] = {
    types.TemplateKind.EMAIL: models.EmailTemplate,
    types.TemplateKind.SMS: models.SmsTemplate,
    types.TemplateKind.TASK: models.TaskTemplate,
}
PREVIEW_COST = 5_000
"""Filling in takes some milliseconds, for the worst template a second."""


@value
class TemplateQueries:
    @field(Connection[EmailTemplate])
    def email_templates(self, first: First = None, after: After = None) -> Rows:
        """By name."""
        return _page(models.EmailTemplate, first, after)

    @field(EmailTemplate | None)
    def email_template(self, id: UUID) -> Rows:
        """The e-mail template with this id; null when there is none."""
        return row_of(models.EmailTemplate, id)

    @field(Connection[SmsTemplate])
    def sms_templates(self, first: First = None, after: After = None) -> Rows:
        """By name."""
        return _page(models.SmsTemplate, first, after)

    @field(SmsTemplate | None)
    def sms_template(self, id: UUID) -> Rows:
        """The text message template with this id; null when there is none."""
        return row_of(models.SmsTemplate, id)

    @field(Connection[TaskTemplate])
    def task_templates(self, first: First = None, after: After = None) -> Rows:
        """By name."""
        return _page(models.TaskTemplate, first, after)

    @field(TaskTemplate | None)
    def task_template(self, id: UUID) -> Rows:
        """The task template with this id; null when there is none."""
        return row_of(models.TaskTemplate, id)

    @field(cost=50)
    def template_tokens(self, info: Info) -> list[types.TemplateToken]:
        """The words that templates may use."""
        reading(info)
        return types.tokens()

    @field(cost=500)
    def template_uses(self, info: Info, kind: types.TemplateKind) -> list[types.TemplateUse]:
        """Where the templates of a kind are used, and so cannot be deleted."""
        found = uses(reading(info), MODELS[kind])
        return [types.use(template_id, one) for template_id, each in found.items() for one in each]

    @field(cost=PREVIEW_COST)
    def email_template_preview(
        self, info: Info, template: EmailTemplateWrite, lead_id: UUID | None = None
    ) -> types.TemplatePreview | None:
        """The e-mail filled in for the lead, or a made-up couple; null when there is no such lead. Nothing
        is written."""
        return _preview(info, template, lead_id)

    @field(cost=PREVIEW_COST)
    def sms_template_preview(
        self, info: Info, template: SmsTemplateWrite, lead_id: UUID | None = None
    ) -> types.TemplatePreview | None:
        """The text message filled in for the lead, or for a made-up couple; null when there is no such lead.
        Nothing is written."""
        return _preview(info, template, lead_id)

    @field(cost=PREVIEW_COST)
    def task_template_preview(
        self, info: Info, template: TaskTemplateWrite, lead_id: UUID | None = None
    ) -> types.TemplatePreview | None:
        """The task filled in for the lead, or for a made-up couple; null when there is no such lead. Nothing
        is written."""
        return _preview(info, template, lead_id)


def _page(model: Any, first: int | None, after: str | None) -> Rows:
    by_name = Order("name", model.name, model.id, descending=False)
    return replace(page(by_name, first, after), standing=True)


def _preview(info: Info, template: TemplateWrite, lead_id: UUID | None) -> types.TemplatePreview | None:
    try:
        return types.preview(preview(reading(info), template, lead_id, clock.now()))
    except NotFound:
        return None
