"""`/api/templates/sms`: text messages in Liquid."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from app.accounts.access import current_actor
from app.kernel import clock
from app.kernel.actor import Permission
from app.kernel.db import db
from app.messaging.templates import service
from app.messaging.templates.preview import preview
from app.messaging.templates.queries import find, listed, uses
from app.messaging.templates.schemas import SmsTemplatePatch, SmsTemplateWrite
from app.models.nurture import SmsTemplate
from app.rest.answers import answer, nothing
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.shapes import templates as shapes

blueprint = guard(Blueprint("api_sms_templates", __name__, url_prefix="/api/templates/sms"))
TAG = "Templates"
WRITES: Any = {"tag": TAG, "permission": Permission.WRITE_SEQUENCES}
HELLO = {"name": "Hello", "content": "Dear {{ first_names }}, may we call you?"}


@blueprint.get("")
@operation("listSmsTemplates", tag=TAG, answers={200: shapes.SmsTemplatesResponse})
def index() -> Response:
    """List all text message templates and where they are used, by name."""
    session = db.session()
    used = uses(session, SmsTemplate)
    found = [
        shapes.shown(shapes.ListedSmsTemplate, row, used.get(row.id, []))
        for row in listed(session, SmsTemplate)
    ]
    return answer(shapes.SmsTemplatesResponse(templates=found))


@blueprint.post("")
@operation(
    "createSmsTemplate", **WRITES, answers={201: shapes.SmsTemplateResponse}, refuses=(409,), example=HELLO
)
def create(body: SmsTemplateWrite) -> Response:
    """Add a text message template. A text that cannot be used is refused with the line and the reason."""
    made = service.create_template(current_actor(), SmsTemplate, body)
    return _told(made, "Template added.", 201)


@blueprint.post("/preview")
@operation(
    "previewSmsTemplate",
    tag=TAG,
    answers={200: shapes.TemplatePreview},
    refuses=(404,),
    example={"template": HELLO},
)
def look(body: shapes.SmsPreviewAsked) -> Response:
    """Fill a text message template in. For the lead, or for a made-up couple; nothing is written."""
    return answer(shapes.preview(preview(db.session(), body.template, body.lead_id, clock.now())))


@blueprint.get("/<uuid:sms_template_id>")
@operation("getSmsTemplate", tag=TAG, answers={200: shapes.SmsTemplate})
def show(sms_template_id: UUID) -> Response:
    """Get one text message template and where it is used."""
    return answer(_shape(sms_template_id))


@blueprint.patch("/<uuid:sms_template_id>")
@operation(
    "updateSmsTemplate",
    **WRITES,
    answers={200: shapes.SmsTemplateResponse},
    example={"content": "May we call you?"},
)
def update(sms_template_id: UUID, body: SmsTemplatePatch) -> Response:
    """Change a text message template. What is absent stays; leads under way get it at once."""
    changed = service.update_template(current_actor(), SmsTemplate, sms_template_id, body)
    return _told(sms_template_id, "Template changed." if changed else "Nothing changed.", 200)


@blueprint.post("/<uuid:sms_template_id>/copy")
@operation("copySmsTemplate", **WRITES, answers={201: shapes.SmsTemplateResponse}, refuses=(409,))
def copy(sms_template_id: UUID) -> Response:
    """Add another text message template like it."""
    made = service.copy_template(current_actor(), SmsTemplate, sms_template_id)
    return _told(made, "Template copied.", 201)


@blueprint.delete("/<uuid:sms_template_id>")
@operation("deleteSmsTemplate", **WRITES, answers={204: None}, refuses=(409,))
def delete(sms_template_id: UUID) -> Response:
    """Delete a text message template. One that a sequence uses stays, and the answer names the sequences."""
    service.delete_template(current_actor(), SmsTemplate, sms_template_id)
    return nothing()


def _shape(template_id: UUID) -> shapes.SmsTemplate:
    session = db.session()
    row = find(session, SmsTemplate, template_id)
    return shapes.shown(shapes.SmsTemplate, row, uses(session, SmsTemplate, template_id).get(template_id, []))


def _told(template_id: UUID, message: str, status: int) -> Response:
    return answer(shapes.SmsTemplateResponse(template=_shape(template_id), message=message), status)
