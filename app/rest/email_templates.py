"""`/api/templates/email`: e-mails in Liquid."""

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
from app.messaging.templates.schemas import EmailTemplatePatch, EmailTemplateWrite
from app.models.nurture import EmailTemplate
from app.rest.answers import answer, nothing
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.shapes import templates as shapes

blueprint = guard(Blueprint("api_email_templates", __name__, url_prefix="/api/templates/email"))
TAG = "Templates"
WRITES: Any = {"tag": TAG, "permission": Permission.WRITE_SEQUENCES}
HELLO = {"name": "Hello", "subject": "Your day", "content": "<p>Dear {{ first_names }},</p>"}


@blueprint.get("")
@operation("listEmailTemplates", tag=TAG, answers={200: shapes.EmailTemplatesResponse})
def index() -> Response:
    """List all e-mail templates and where they are used, by name."""
    session = db.session()
    used = uses(session, EmailTemplate)
    found = [
        shapes.shown(shapes.ListedEmailTemplate, row, used.get(row.id, []))
        for row in listed(session, EmailTemplate)
    ]
    return answer(shapes.EmailTemplatesResponse(templates=found))


@blueprint.post("")
@operation(
    "createEmailTemplate",
    **WRITES,
    answers={201: shapes.EmailTemplateResponse},
    refuses=(409,),
    example=HELLO,
)
def create(body: EmailTemplateWrite) -> Response:
    """Add an e-mail template. A text that cannot be used is refused with the line and the reason."""
    made = service.create_template(current_actor(), EmailTemplate, body)
    return _told(made, "Template added.", 201)


@blueprint.post("/preview")
@operation(
    "previewEmailTemplate",
    tag=TAG,
    answers={200: shapes.TemplatePreview},
    refuses=(404,),
    example={"template": HELLO},
)
def look(body: shapes.EmailPreviewAsked) -> Response:
    """Fill an e-mail template in. For the lead, or for a made-up couple; nothing is written."""
    return answer(shapes.preview(preview(db.session(), body.template, body.lead_id, clock.now())))


@blueprint.get("/<uuid:email_template_id>")
@operation("getEmailTemplate", tag=TAG, answers={200: shapes.EmailTemplate})
def show(email_template_id: UUID) -> Response:
    """Get one e-mail template and where it is used."""
    return answer(_shape(email_template_id))


@blueprint.patch("/<uuid:email_template_id>")
@operation(
    "updateEmailTemplate",
    **WRITES,
    answers={200: shapes.EmailTemplateResponse},
    example={"subject": "Your plans"},
)
def update(email_template_id: UUID, body: EmailTemplatePatch) -> Response:
    """Change an e-mail template. What is absent stays; leads under way get it at once."""
    changed = service.update_template(current_actor(), EmailTemplate, email_template_id, body)
    return _told(email_template_id, "Template changed." if changed else "Nothing changed.", 200)


@blueprint.post("/<uuid:email_template_id>/copy")
@operation("copyEmailTemplate", **WRITES, answers={201: shapes.EmailTemplateResponse}, refuses=(409,))
def copy(email_template_id: UUID) -> Response:
    """Add another e-mail template like it."""
    made = service.copy_template(current_actor(), EmailTemplate, email_template_id)
    return _told(made, "Template copied.", 201)


@blueprint.delete("/<uuid:email_template_id>")
@operation("deleteEmailTemplate", **WRITES, answers={204: None}, refuses=(409,))
def delete(email_template_id: UUID) -> Response:
    """Delete an e-mail template. One that a sequence uses stays, and the answer names the sequences."""
    service.delete_template(current_actor(), EmailTemplate, email_template_id)
    return nothing()


def _shape(template_id: UUID) -> shapes.EmailTemplate:
    session = db.session()
    row = find(session, EmailTemplate, template_id)
    return shapes.shown(
        shapes.EmailTemplate, row, uses(session, EmailTemplate, template_id).get(template_id, [])
    )


def _told(template_id: UUID, message: str, status: int) -> Response:
    return answer(shapes.EmailTemplateResponse(template=_shape(template_id), message=message), status)
