"""What every change of a sequence has in common: who may, one writer at a time, and what they saw of it."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict, InvalidInput, NotFound, Outdated
from app.kernel.schema import PatchSchema
from app.kernel.uow import unit_of_work
from app.models.nurture import NurtureSequence
from app.nurture.authoring.schemas import MOST_SEQUENCES

NAME = 255
"""Characters of a name."""


@dataclass(frozen=True)
class Desk:
    """A locked sequence, and who works on it."""

    session: Session
    actor: Actor
    sequence: NurtureSequence


@dataclass(frozen=True)
class Edited:
    """The sequence that was written, its revision since, and the step if it was one. `changed` is False when
    it was so already."""

    sequence_id: UUID
    revision: int
    step_key: UUID | None = None
    changed: bool = True


@contextmanager
def editing(
    actor: Actor, sequence_id: UUID, seen: int | None = None, *, deleting: bool = False
) -> Iterator[Desk]:
    """The sequence, locked in a unit of work. NotPermitted; NotFound; Outdated when `seen` is given and it is
    not its revision any more."""
    actor.require(Permission.WRITE_SEQUENCES)
    with unit_of_work(actor.supplier_id) as session:
        sequence = session.scalars(
            select(NurtureSequence)
            .where(NurtureSequence.id == sequence_id)
            .with_for_update(key_share=not deleting)
            .execution_options(populate_existing=True)
        ).first()
        if sequence is None:
            raise NotFound("nurture sequence")
        if seen is not None and seen != sequence.revision:
            raise Outdated(
                "Somebody changed this sequence meanwhile, so nothing was saved. Read it again, then send "
                "your change once more."
            )
        yield Desk(session, actor, sequence)


def find_sequence(session: Session, sequence_id: UUID) -> NurtureSequence:
    """NotFound."""
    found = session.scalars(select(NurtureSequence).where(NurtureSequence.id == sequence_id)).first()
    if found is None:
        raise NotFound("nurture sequence")
    return found


def edited(desk: Desk, step_key: UUID | None = None) -> Edited:
    """It was changed: the next revision."""
    desk.sequence.revision += 1
    desk.session.flush()
    return Edited(desk.sequence.id, desk.sequence.revision, step_key)


def unchanged(desk: Desk, step_key: UUID | None = None) -> Edited:
    return Edited(desk.sequence.id, desk.sequence.revision, step_key, changed=False)


def note(desk: Desk, action: str, before: Any = None, after: Any = None) -> None:
    """In the audit log."""
    audit.record(desk.session, desk.actor, action, desk.sequence, audit.Change(before, after))


def changes_of(data: PatchSchema, nullable: Collection[str], emptied: Collection[str]) -> dict[str, Any]:
    """What is given; null empties a list or an object. InvalidInput when nothing is, or null where a value
    must be."""
    changes = data.changes()
    if not changes:
        raise InvalidInput.of("", "nothing_given", "Name at least one field to change.")
    for name, value in changes.items():
        if value is None and name in emptied:
            changes[name] = {} if name.endswith("_conditions") else []
        elif value is None and name not in nullable:
            raise InvalidInput.of(name, "not_null", f"'{name}' cannot be cleared; leave it out to keep it.")
    return changes


def has_room(session: Session) -> None:
    """Conflict when there are as many sequences as a supplier may have."""
    count = session.scalar(select(func.count()).select_from(NurtureSequence)) or 0
    if count >= MOST_SEQUENCES:
        raise Conflict(f"A supplier has at most {MOST_SEQUENCES} sequences; delete some first.")


def name_is_free(session: Session, name: str, besides: UUID | None = None) -> None:
    """InvalidInput when another sequence is called so, in whatever letters."""
    same = func.lower(NurtureSequence.sequence_name) == func.lower(name)
    others = select(NurtureSequence.id).where(same, NurtureSequence.id.is_distinct_from(besides))
    if session.scalar(others.limit(1)):
        raise InvalidInput.of("sequence_name", "taken", f"There is a sequence called '{name}' already.")


def free_name(session: Session, wanted: str) -> str:
    """The name, with a number behind it when another sequence has it."""
    taken = set(session.scalars(select(func.lower(NurtureSequence.sequence_name))))
    names = (wanted, *(f"{wanted[: NAME - 5]} {number}" for number in range(2, MOST_SEQUENCES + 3)))
    return next(name for name in names if name.lower() not in taken)
