"""A ready-made sequence becomes one's own: its templates, and a draft to look at and publish."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict
from app.kernel.uow import unit_of_work
from app.models.nurture import MOST_TEMPLATES, EmailTemplate, SmsTemplate, TaskTemplate
from app.nurture.authoring.desk import NAME, Edited, edited, free_name
from app.nurture.authoring.schemas import SequenceCreate
from app.nurture.authoring.sequences import create
from app.nurture.ready_made.catalogue import ready_made
from app.nurture.ready_made.shape import Email, Step, Template, Text, ToDo

_ROWS: dict[type[Template], tuple[type[Any], str]] = {
    Email: (EmailTemplate, "email_template_id"),
    Text: (SmsTemplate, "sms_template_id"),
    ToDo: (TaskTemplate, "task_template_id"),
}


def take_ready_made(actor: Actor, key: str) -> Edited:
    """A new sequence with that one's steps as a draft. A template that the supplier has word for word is used
    again. NotFound; Conflict beyond 200 sequences, and beyond as many templates as there may be."""
    actor.require(Permission.WRITE_SEQUENCES)
    wanted = ready_made(key)
    with unit_of_work(actor.supplier_id) as session:
        steps = [_step(session, actor.supplier_id, step) for step in wanted.steps]
        said = {
            "sequence_name": free_name(session, wanted.name),
            "sequence_description": wanted.about,
            "sequence_type": wanted.sequence_type,
            **wanted.settings,
            "steps": steps,
        }
        return edited(create(session, actor, SequenceCreate.model_validate(said)))


def _step(session: Session, supplier_id: UUID, step: Step) -> dict[str, Any]:
    if step.template is None:
        return dict(step.said)
    model, column = _ROWS[type(step.template)]
    return {**step.said, column: template(session, supplier_id, model, vars(step.template))}


def template(session: Session, supplier_id: UUID, model: type[Any], columns: dict[str, Any]) -> UUID:
    """The supplier's template that says the same, whatever it is called; made when there is none."""
    words = {name: value for name, value in columns.items() if name != "name"}
    same: UUID | None = session.scalar(select(model.id).filter_by(**words).order_by(model.id).limit(1))
    if same is not None:
        return same
    if (session.scalar(select(func.count()).select_from(model)) or 0) >= MOST_TEMPLATES:
        raise Conflict(f"There are {MOST_TEMPLATES} templates of a sort already; delete some first.")
    taken = set(session.scalars(select(func.lower(model.name)).where(model.name.like(f"{columns['name']}%"))))
    names = (columns["name"], *(f"{columns['name'][: NAME - 5]} {n}" for n in range(2, 1000)))
    free = next(name for name in names if name.lower() not in taken)
    made = model(supplier_id=supplier_id, id=uuid7(), **(columns | {"name": free}))
    session.add(made)
    session.flush()
    found: UUID = made.id
    return found
