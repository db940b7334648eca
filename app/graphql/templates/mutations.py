"""Templates are made, changed, copied and deleted."""

from typing import Any
from uuid import UUID

import strawberry

from app.graphql.context import Info
from app.graphql.declare import mutation, value
from app.graphql.payload import Payload, row_of
from app.graphql.read import Rows
from app.graphql.sequences.types import EmailTemplate, SmsTemplate, TaskTemplate
from app.messaging.templates.schemas import (
    EmailTemplatePatch,
    EmailTemplateWrite,
    SmsTemplatePatch,
    SmsTemplateWrite,
    TaskTemplatePatch,
    TaskTemplateWrite,
)
from app.messaging.templates.service import (
    copy_template,
    create_template,
    delete_template,
    update_template,
)
from app.models import nurture as models


@value
class EmailTemplatePayload(Payload):
    template: Rows | None = strawberry.field(graphql_type=EmailTemplate | None, default=None)


@value
class SmsTemplatePayload(Payload):
    template: Rows | None = strawberry.field(graphql_type=SmsTemplate | None, default=None)


@value
class TaskTemplatePayload(Payload):
    template: Rows | None = strawberry.field(graphql_type=TaskTemplate | None, default=None)


@value
class DeleteTemplatePayload(Payload):
    template_id: UUID | None = strawberry.field(default=None, description="Of the template that is no more.")


@value
class EmailTemplateMutations:
    @mutation
    def create_email_template(self, info: Info, input: EmailTemplateWrite) -> EmailTemplatePayload:
        """Add an e-mail template. An unknown token, a subject of two lines and the like are refused with the
        line and the reason."""
        made = create_template(info.context.actor, models.EmailTemplate, input)
        return EmailTemplatePayload(**_told(models.EmailTemplate, made, "Template added."))

    @mutation
    def update_email_template(self, info: Info, id: UUID, input: EmailTemplatePatch) -> EmailTemplatePayload:
        """Change an e-mail template: what is absent stays, null clears. Leads under way get it at once."""
        changed = update_template(info.context.actor, models.EmailTemplate, id, input)
        return EmailTemplatePayload(**_told(models.EmailTemplate, id, _CHANGED[changed]))

    @mutation
    def copy_email_template(self, info: Info, id: UUID) -> EmailTemplatePayload:
        """Add another e-mail template like it."""
        made = copy_template(info.context.actor, models.EmailTemplate, id)
        return EmailTemplatePayload(**_told(models.EmailTemplate, made, "Template copied."))

    @mutation
    def delete_email_template(self, info: Info, id: UUID) -> DeleteTemplatePayload:
        """Delete an e-mail template that no sequence uses."""
        return _deleted(info, models.EmailTemplate, id)


@value
class SmsTemplateMutations:
    @mutation
    def create_sms_template(self, info: Info, input: SmsTemplateWrite) -> SmsTemplatePayload:
        """Add a text message template; one of more than ten parts is refused."""
        made = create_template(info.context.actor, models.SmsTemplate, input)
        return SmsTemplatePayload(**_told(models.SmsTemplate, made, "Template added."))

    @mutation
    def update_sms_template(self, info: Info, id: UUID, input: SmsTemplatePatch) -> SmsTemplatePayload:
        """Change a text message template: what is absent stays. Leads under way get it at once."""
        changed = update_template(info.context.actor, models.SmsTemplate, id, input)
        return SmsTemplatePayload(**_told(models.SmsTemplate, id, _CHANGED[changed]))

    @mutation
    def copy_sms_template(self, info: Info, id: UUID) -> SmsTemplatePayload:
        """Add another text message template like it."""
        made = copy_template(info.context.actor, models.SmsTemplate, id)
        return SmsTemplatePayload(**_told(models.SmsTemplate, made, "Template copied."))

    @mutation
    def delete_sms_template(self, info: Info, id: UUID) -> DeleteTemplatePayload:
        """Delete a text message template that no sequence uses."""
        return _deleted(info, models.SmsTemplate, id)


@value
class TaskTemplateMutations:
    @mutation
    def create_task_template(self, info: Info, input: TaskTemplateWrite) -> TaskTemplatePayload:
        """Add a task template."""
        made = create_template(info.context.actor, models.TaskTemplate, input)
        return TaskTemplatePayload(**_told(models.TaskTemplate, made, "Template added."))

    @mutation
    def update_task_template(self, info: Info, id: UUID, input: TaskTemplatePatch) -> TaskTemplatePayload:
        """Change a task template: what is absent stays, null clears. Leads under way get it at once."""
        changed = update_template(info.context.actor, models.TaskTemplate, id, input)
        return TaskTemplatePayload(**_told(models.TaskTemplate, id, _CHANGED[changed]))

    @mutation
    def copy_task_template(self, info: Info, id: UUID) -> TaskTemplatePayload:
        """Add another task template like it."""
        made = copy_template(info.context.actor, models.TaskTemplate, id)
        return TaskTemplatePayload(**_told(models.TaskTemplate, made, "Template copied."))

    @mutation
    def delete_task_template(self, info: Info, id: UUID) -> DeleteTemplatePayload:
        """Delete a task template that no sequence uses."""
        return _deleted(info, models.TaskTemplate, id)


_CHANGED = {True: "Template changed.", False: "Nothing changed."}


def _told(model: Any, template_id: UUID, message: str) -> dict[str, Any]:
    return {"success": True, "message": message, "template": row_of(model, template_id)}


def _deleted(info: Info, model: Any, template_id: UUID) -> DeleteTemplatePayload:
    delete_template(info.context.actor, model, template_id)
    return DeleteTemplatePayload(success=True, message="Template deleted.", template_id=template_id)
