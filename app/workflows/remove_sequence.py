"""Delete a sequence, or archive it if leads have been in it: then everybody who is under way leaves."""

from dataclasses import dataclass
from uuid import UUID

from app.kernel.actor import Actor
from app.nurture.authoring.sequences import delete_sequence
from app.workflows.end_enrollments import end_enrollments


@dataclass(frozen=True)
class Removed:
    """`archived`: leads have been in it, so that it is switched off and kept. `ended` of them left at once,
    `left` leave in the background."""

    sequence_id: UUID
    archived: bool
    ended: int = 0
    left: int = 0


def remove_sequence(actor: Actor, sequence_id: UUID, seen: int | None = None) -> Removed:
    """First the switch, then the leads, as those are locked first. NotPermitted; NotFound; Outdated."""
    if not delete_sequence(actor, sequence_id, seen).archived:
        return Removed(sequence_id, archived=False)
    done = end_enrollments(actor, sequence_id)
    return Removed(sequence_id, archived=True, ended=done.ended, left=done.left)
