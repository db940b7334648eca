"""The sequence every supplier starts with."""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.models.choices import SequenceType
from app.models.nurture import (
    EmailTemplate,
    NurtureSequence,
    SequenceStep,
    SequenceVersion,
    TaskTemplate,
)
from app.nurture.ready_made import starting


def seed(session: Session, supplier_id: UUID) -> None:
    """The welcome sequence with its templates, published, unless the supplier has one of that name."""
    sequence_id = session.scalar(
        insert(NurtureSequence)
        .values(
            supplier_id=supplier_id,
            sequence_name=starting.NAME,
            sequence_description=starting.DESCRIPTION,
            sequence_type=SequenceType.WELCOME,
            target_lead_status=["new"],
        )
        .on_conflict_do_nothing(index_elements=[NurtureSequence.supplier_id, NurtureSequence.sequence_name])
        .returning(NurtureSequence.id)
    )
    if sequence_id is None:
        return
    ids = {each["name"]: _template(session, EmailTemplate, supplier_id, each) for each in starting.EMAILS}
    tasks = {each["name"]: _template(session, TaskTemplate, supplier_id, each) for each in starting.TASKS}
    for said in starting.STEPS:
        step = {name: value for name, value in said.items() if name != "template"}
        templates = {
            "email_template_id": ids.get(said["template"]),
            "task_template_id": tasks.get(said["template"]),
        }
        session.add(SequenceStep(supplier_id=supplier_id, sequence_id=sequence_id, **step, **templates))
    summary = f"First version: {len(starting.STEPS)} steps"
    version = {"sequence_id": sequence_id, "version": 1, "summary": summary}
    session.add(SequenceVersion(supplier_id=supplier_id, **version))
    session.flush()


def _template(
    session: Session,
    model: type[EmailTemplate] | type[TaskTemplate],
    supplier_id: UUID,
    columns: dict[str, Any],
) -> UUID:
    """The supplier's template of that name, made if it has none."""
    statement = insert(model).values(supplier_id=supplier_id, **columns)
    made = statement.on_conflict_do_update(
        index_elements=[model.supplier_id, model.name], set_={"name": statement.excluded.name}
    )
    return session.scalars(made.returning(model.id)).one()
