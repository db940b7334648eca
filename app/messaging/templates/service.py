"""Writing templates. What a template says counts at once for leads that are under way."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.kernel import audit
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict, FieldError, InvalidInput
from app.kernel.schema import validate
from app.kernel.uow import unit_of_work
from app.messaging.checks import problems
from app.messaging.templates.queries import T, Use, find, uses
from app.messaging.templates.schemas import TemplatePatch, TemplateWrite
from app.messaging.templates.sorts import SORTS, Sort
from app.models.accounts import Supplier
from app.models.nurture import MOST_TEMPLATES, EmailTemplate, SequenceStep, StepVariant

_NAME_LENGTH = 255
_MOST_NAMED = 5
"""Sequences that a refusal names."""


def create_template(actor: Actor, model: type[T], data: TemplateWrite) -> UUID:
    """The new template's id. InvalidInput when its name is taken or a text is wrong; Conflict beyond 200."""
    actor.require(Permission.WRITE_SEQUENCES)
    with unit_of_work(actor.supplier_id) as session:
        return _add(session, actor, model, data.model_dump())


def update_template(actor: Actor, model: type[T], template_id: UUID, data: TemplatePatch) -> bool:
    """Change what is given; False when that is so already. NotFound; InvalidInput as when it is made."""
    actor.require(Permission.WRITE_SEQUENCES)
    with unit_of_work(actor.supplier_id) as session:
        _one_at_a_time(session, actor)
        template = _lock(session, model, template_id)
        whole = {name: getattr(template, name) for name in SORTS[model].write.model_fields}
        given = validate(SORTS[model].write, whole | data.changes()).model_dump()
        _check(session, model, given, besides=template_id)
        return audit.update(session, actor, template, given)


def copy_template(actor: Actor, model: type[T], template_id: UUID) -> UUID:
    """The id of another one like it, called “… (copy)”. NotFound; Conflict beyond 200."""
    actor.require(Permission.WRITE_SEQUENCES)
    with unit_of_work(actor.supplier_id) as session:
        template = find(session, model, template_id)
        values = {name: getattr(template, name) for name in SORTS[model].write.model_fields}
        return _add(session, actor, model, values | {"name": _copy_name(session, model, template.name)})


def delete_template(actor: Actor, model: type[T], template_id: UUID) -> None:
    """Delete it; steps of versions that are over do without. NotFound; Conflict naming the sequences that
    use it."""
    actor.require(Permission.WRITE_SEQUENCES)
    with unit_of_work(actor.supplier_id) as session:
        template = _lock(session, model, template_id)
        if used := uses(session, model, template_id).get(template_id):
            raise Conflict(f"“{template.name}” is used by {_sequences(used)}. Take it out of there first.")
        _let_go(session, SORTS[model], template_id)
        values = {name: getattr(template, name) for name in SORTS[model].write.model_fields}
        audit.record(session, actor, "deleted", template, audit.Change(before=values))
        session.delete(template)


def _one_at_a_time(session: Session, actor: Actor) -> None:
    """So that no two templates come to have one name, and none is one too many."""
    session.get_one(Supplier, actor.supplier_id, with_for_update={"key_share": True})


def _add(session: Session, actor: Actor, model: type[T], values: Mapping[str, Any]) -> UUID:
    _one_at_a_time(session, actor)
    count = session.scalar(select(func.count()).select_from(model)) or 0
    if count >= MOST_TEMPLATES:
        raise Conflict(
            f"There are {count} {SORTS[model].called}s, as many as there may be; delete some first."
        )
    _check(session, model, values)
    template = model(supplier_id=actor.supplier_id, id=uuid7(), **values)
    session.add(template)
    audit.record(session, actor, "created", template, audit.Change(after=values))
    return template.id


def _check(session: Session, model: type[T], values: Mapping[str, Any], besides: UUID | None = None) -> None:
    """InvalidInput with all that is wrong."""
    same = (func.lower(model.name) == func.lower(values["name"]), model.id.is_distinct_from(besides))
    wrong = []
    if session.scalar(select(model.id).where(*same).limit(1)):
        message = f"There is another {SORTS[model].called} called “{values['name']}”; choose another name."
        wrong.append(FieldError("name", "taken", message))
    for column, kind in SORTS[model].texts.items():
        if values[column]:
            wrong += [FieldError(column, "template", said) for said in problems(values[column], kind)]
    if wrong:
        raise InvalidInput(wrong[0].message, fields=wrong)


def _lock(session: Session, model: type[T], template_id: UUID) -> T:
    """So that no step comes to use it meanwhile."""
    session.execute(select(model.id).where(model.id == template_id).with_for_update())
    return find(session, model, template_id)


def _copy_name(session: Session, model: type[T], name: str) -> str:
    taken = frozenset(session.scalars(select(func.lower(model.name))))
    endings = (" (copy)", *(f" (copy {number})" for number in range(2, MOST_TEMPLATES + 2)))
    names = (name[: _NAME_LENGTH - len(ending)] + ending for ending in endings)
    return next(each for each in names if each.lower() not in taken)


def _let_go(session: Session, sort: Sort, template_id: UUID) -> None:
    """Of versions that no lead is on any more."""
    session.execute(update(SequenceStep).where(sort.of_steps == template_id).values({sort.step_column: None}))
    if sort is SORTS[EmailTemplate]:
        session.execute(delete(StepVariant).where(StepVariant.email_template_id == template_id))


def _sequences(used: list[Use]) -> str:
    names = list(dict.fromkeys(f"“{use.sequence_name}”" for use in used))
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
