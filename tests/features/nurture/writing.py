"""Sequences written as people write them, and what stands in their drafts."""

from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from app.kernel.uow import reading, unit_of_work
from app.models.nurture import EmailTemplate, NurtureSequence, SmsTemplate
from app.nurture.authoring.rows import Written, edited_steps, steps_of
from app.nurture.authoring.schemas import SequenceCreate, SequencePatch, StepPatch, StepWrite
from app.workflows.create_sequence import create_sequence
from tests.cast import House


def template(house: House, content: str = "<p>Hello {{ couple_names }}</p>", subject: str = "Hello") -> UUID:
    """An e-mail template of this supplier."""
    with unit_of_work(house.supplier_id) as session:
        row = EmailTemplate(
            supplier_id=house.supplier_id, name=f"Template {uuid7().hex}", subject=subject, content=content
        )
        session.add(row)
        session.flush()
        return row.id


def sms_template(house: House, content: str = "Hello {{ couple_names }}") -> UUID:
    with unit_of_work(house.supplier_id) as session:
        row = SmsTemplate(supplier_id=house.supplier_id, name=f"Template {uuid7().hex}", content=content)
        session.add(row)
        session.flush()
        return row.id


def tag(name: str = "seen", **changes: Any) -> dict[str, Any]:
    """A step that adds a tag after a day."""
    plain = {"step_name": f"Tag {name}", "step_type": "tag_assignment", "delay_amount": 1}
    return plain | {"step_content": f'{{"add": ["{name}"]}}'} | changes


def call(name: str = "Call", **changes: Any) -> dict[str, Any]:
    return {"step_name": name, "step_type": "phone_call", "delay_amount": 1} | changes


def email(template_id: UUID | None, name: str = "Write", **changes: Any) -> dict[str, Any]:
    return {
        "step_name": name,
        "step_type": "email",
        "delay_amount": 1,
        "email_template_id": template_id,
    } | changes


def write(data: dict[str, Any]) -> StepWrite:
    return StepWrite.model_validate(data)


def patch(**changes: Any) -> StepPatch:
    return StepPatch.model_validate(changes)


def settings(**changes: Any) -> SequencePatch:
    return SequencePatch.model_validate(changes)


def make(house: House, *steps: dict[str, Any], **changes: Any) -> UUID:
    """A sequence of these steps, written by the owner."""
    plain = {"sequence_name": f"Sequence {uuid7().hex}", "sequence_type": "nurture", "steps": list(steps)}
    return create_sequence(house.owner.actor, SequenceCreate.model_validate(plain | changes)).sequence_id


def sequence(house: House, sequence_id: UUID) -> NurtureSequence:
    with reading(house.supplier_id) as session:
        row = session.get_one(NurtureSequence, (house.supplier_id, sequence_id))
        session.expunge_all()
        return row


def steps(house: House, sequence_id: UUID, version: int | None = None) -> list[Written]:
    """Of that version, or as an editor shows them."""
    with reading(house.supplier_id) as session:
        row = session.get_one(NurtureSequence, (house.supplier_id, sequence_id))
        found = edited_steps(session, row) if version is None else steps_of(session, row.id, version)
        session.expunge_all()
        return found


def names(house: House, sequence_id: UUID, version: int | None = None) -> list[str]:
    return [step.row.step_name for step in steps(house, sequence_id, version)]


def keys(house: House, sequence_id: UUID) -> list[UUID]:
    return [step.row.step_key for step in steps(house, sequence_id)]
