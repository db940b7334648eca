"""Writing sequences: their settings, copies, and their end. Steps are written in `drafts.py`."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.kernel import jobs
from app.kernel.actor import Actor, Permission
from app.kernel.errors import FieldError, InvalidInput
from app.kernel.uow import unit_of_work
from app.models.choices import LeadStatus
from app.models.nurture import Enrollment, NurtureSequence
from app.nurture.authoring.desk import (
    NAME,
    Desk,
    Edited,
    changes_of,
    edited,
    editing,
    find_sequence,
    free_name,
    has_room,
    name_is_free,
    note,
    unchanged,
)
from app.nurture.authoring.drafts import new_step
from app.nurture.authoring.rows import edited_steps, write_draft
from app.nurture.authoring.schemas import SequenceCopy, SequenceCreate, SequencePatch
from app.nurture.checks import settings_flaws

WAKE = "workers.jobs.sequences.wake"
"""Whom it held while it was off goes on."""
SETTINGS = (
    "sequence_name",
    "sequence_description",
    "sequence_type",
    "trigger_conditions",
    "target_lead_status",
    "target_lead_sources",
    "target_score_range",
    "is_active",
    "priority_level",
    "ends_on_reply",
    "halts_on_failure",
    "reentry_after_days",
)
_NULLABLE = frozenset({"sequence_description", "reentry_after_days"})
_EMPTY = frozenset({"trigger_conditions", "target_lead_status", "target_lead_sources", "target_score_range"})


def create(session: Session, actor: Actor, data: SequenceCreate) -> Desk:
    """The sequence with its steps as a draft, in the caller's unit of work. NotPermitted; InvalidInput for a
    name that is taken and for each step that is wrong by itself; Conflict beyond 200 sequences."""
    actor.require(Permission.WRITE_SEQUENCES)
    has_room(session)
    name_is_free(session, data.sequence_name)
    row = NurtureSequence(
        supplier_id=actor.supplier_id, **{name: _plain(getattr(data, name)) for name in SETTINGS}
    )
    desk = _open(session, actor, row)
    problems: list[FieldError] = []
    for order, step in enumerate(data.steps, 1):
        try:
            new_step(session, row, step, order)
        except InvalidInput as error:
            problems += [
                FieldError(f"steps.{order - 1}.{one.field}", one.code, one.message) for one in error.fields
            ]
    if problems:
        raise InvalidInput(problems[0].message, fields=problems)
    return desk


def update_sequence(actor: Actor, sequence_id: UUID, data: SequencePatch, seen: int | None = None) -> Edited:
    """Change what is given of the settings, which holds at once, for leads that are in it too. NotFound;
    InvalidInput; Outdated."""
    with editing(actor, sequence_id, seen) as desk:
        row = desk.sequence
        wanted = {name: value for name, value in _wanted(data).items() if getattr(row, name) != value}
        if not wanted:
            return unchanged(desk)
        if "sequence_name" in wanted:
            name_is_free(desk.session, wanted["sequence_name"], besides=row.id)
        before = {name: getattr(row, name) for name in wanted}
        for name, value in wanted.items():
            setattr(row, name, value)
        _check(row)
        note(desk, "updated", before, wanted)
        if wanted.get("is_active"):
            jobs.ring(WAKE, actor.supplier_id, row.id)
        return edited(desk)


def copy_sequence(actor: Actor, sequence_id: UUID, data: SequenceCopy) -> Edited:
    """A new sequence with the same settings and steps, as a draft. NotFound; InvalidInput when the name is
    taken; Conflict beyond 200 sequences."""
    actor.require(Permission.WRITE_SEQUENCES)
    with unit_of_work(actor.supplier_id) as session:
        model = find_sequence(session, sequence_id)
        has_room(session)
        if data.sequence_name:
            name_is_free(session, data.sequence_name)
        name = data.sequence_name or free_name(session, f"Copy of {model.sequence_name}"[:NAME])
        settings = {column: getattr(model, column) for column in SETTINGS} | {"sequence_name": name}
        desk = _open(session, actor, NurtureSequence(supplier_id=actor.supplier_id, **settings))
        write_draft(session, desk.sequence, edited_steps(session, model), keeps_keys=False)
        return edited(desk)


@dataclass(frozen=True)
class Removed:
    """`archived`: leads have been in it, so that it is switched off and kept with their history."""

    sequence_id: UUID
    archived: bool


def delete_sequence(actor: Actor, sequence_id: UUID, seen: int | None = None) -> Removed:
    """Delete the sequence, or switch it off if a lead was ever in it: who is under way then holds their
    place. NotFound; Outdated."""
    with editing(actor, sequence_id, seen, deleting=True) as desk:
        row = desk.sequence
        if desk.session.scalar(select(exists().where(Enrollment.sequence_id == row.id))):
            if row.is_active:
                row.is_active = False
                note(desk, "archived", {"is_active": True}, {"is_active": False})
                edited(desk)
            return Removed(sequence_id, archived=True)
        note(desk, "deleted", before={name: getattr(row, name) for name in SETTINGS})
        desk.session.delete(row)
        return Removed(sequence_id, archived=False)


def _open(session: Session, actor: Actor, row: NurtureSequence) -> Desk:
    """The new sequence, never published."""
    row.id, row.published_version, row.has_draft = uuid7(), 0, True
    _check(row)
    session.add(row)
    session.flush()
    desk = Desk(session, actor, row)
    note(desk, "created", after={name: getattr(row, name) for name in SETTINGS})
    return desk


def _check(row: NurtureSequence) -> None:
    found = [FieldError(one.field, one.code, one.message) for one in settings_flaws(row)]
    if found:
        raise InvalidInput(found[0].message, fields=found)


def _wanted(data: SequencePatch) -> dict[str, Any]:
    """The changes as the columns have them."""
    return {name: _plain(value) for name, value in changes_of(data, _NULLABLE, _EMPTY).items()}


def _plain(value: Any) -> Any:
    """Words of a list as the array of text has them."""
    if isinstance(value, list):
        return [str(one) if isinstance(one, LeadStatus) else one for one in value]
    return value
