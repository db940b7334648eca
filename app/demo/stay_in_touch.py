"""The demo's second sequence: for couples that had a first answer and have not decided yet."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.demo.visits import SITE
from app.models.choices import DelayUnit, LeadStatus, SequenceType, StepType
from app.models.nurture import EmailTemplate, NurtureSequence, SequenceStep, SequenceVersion, TaskTemplate

NAME = "Nurture"
GALLERY = {
    "name": "A wedding like yours",
    "subject": "A wedding at a place like {{ wedding_venue }}",
    "content": f"""<p>Hello {{{{ couple_names }}}},</p>
<p>we thought you might like to see
<a href="{SITE}/portfolio/barn-weddings">a day we photographed last summer</a>:
the same light, the same kind of place.</p>
<p>Questions? Simply reply.</p>
<p>{{{{ sender_name }}}}</p>
""",
}
DATE = {
    "name": "Shall we keep your date?",
    "subject": "Still planning for {{ wedding_date }}?",
    "content": f"""<p>Hello {{{{ couple_names }}}},</p>
<p>others ask for {{{{ wedding_date }}}} too, so we would like to know whether you still think of us.
<a href="{SITE}/portfolio">Our newest galleries</a> may help to decide.</p>
<p>{{{{ sender_name }}}}</p>
""",
}
CALL = {
    "name": "Ask how far they are",
    "title": "Ask {{ couple_names }} how far they are",
    "description": "Have they found the venue? Who else do they talk to?",
    "due_in_days": 1,
}
STEPS: tuple[dict[str, Any], ...] = (
    {"step_name": "Show a gallery", "step_type": StepType.EMAIL, "delay_amount": 4, "needs_approval": True},
    {"step_name": "Ask how far they are", "step_type": StepType.PHONE_CALL, "delay_amount": 6},
    {
        "step_name": "Ask about the date",
        "step_type": StepType.EMAIL,
        "delay_amount": 14,
        "needs_approval": True,
    },
    {
        "step_name": "Mark as quiet",
        "step_type": StepType.TAG_ASSIGNMENT,
        "delay_amount": 21,
        "step_content": '{"add": ["quiet"]}',
    },
)


def set_up(session: Session, supplier_id: UUID) -> None:
    """Make the sequence, with its templates and four steps."""
    gallery, date = (EmailTemplate(supplier_id=supplier_id, **mail) for mail in (GALLERY, DATE))
    call = TaskTemplate(supplier_id=supplier_id, **CALL)
    sequence = NurtureSequence(
        supplier_id=supplier_id,
        sequence_name=NAME,
        sequence_description="Stays in touch for six weeks with couples that have not decided.",
        sequence_type=SequenceType.NURTURE,
        target_lead_status=[LeadStatus.CONTACTED],
    )
    session.add_all([gallery, date, call, sequence])
    session.flush()
    templates: tuple[dict[str, UUID], ...] = (
        {"email_template_id": gallery.id},
        {"task_template_id": call.id},
        {"email_template_id": date.id},
        {},
    )
    for order, (step, template) in enumerate(zip(STEPS, templates, strict=True), 1):
        ids = {"supplier_id": supplier_id, "sequence_id": sequence.id, **template}
        session.add(SequenceStep(**ids, **step, step_order=order, delay_unit=DelayUnit.DAYS))
    first = {"sequence_id": sequence.id, "version": 1, "summary": f"First version: {len(STEPS)} steps"}
    session.add(SequenceVersion(supplier_id=supplier_id, **first))
