"""Move the leads that are under way in older versions of a sequence to the newest."""

from dataclasses import dataclass
from uuid import UUID

from app.kernel import audit, clock, jobs
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict, Outdated
from app.kernel.uow import unit_of_work
from app.nurture.authoring.desk import find_sequence
from app.nurture.authoring.moving import groups, move_batch

BATCH = 500
"""Enrollments in one transaction."""
JOB = "workers.jobs.sequences.move"


@dataclass(frozen=True)
class Moved:
    """`moved` at once; `left` are moved in the background. `staying` have a message under way, or would get
    a step again."""

    sequence_id: UUID
    version: int
    moved: int
    left: int
    staying: int


def move_enrollments(actor: Actor, sequence_id: UUID, version: int) -> Moved:
    """Those that the preview of that version said. NotFound; Conflict before there is a version; Outdated
    when a newer one was published."""
    actor.require(Permission.WRITE_SEQUENCES)
    with unit_of_work(actor.supplier_id) as session:
        row = find_sequence(session, sequence_id)
        if not row.published_version:
            raise Conflict("This sequence was never published, so nobody is in it.")
        if version != row.published_version:
            raise Outdated("Another version was published meanwhile. Look at the preview again.")
        moved = move_batch(session, row, clock.now(), most=BATCH)
        found = groups(session, row)
        left = sum(group.moves for group in found)
        if left:
            jobs.ring(JOB, actor.supplier_id, sequence_id)
        told = audit.Change(after={"version": version, "moved": moved, "left": left})
        audit.record(session, actor, "enrollments_moved", row, told)
        return Moved(sequence_id, version, moved, left, sum(group.count for group in found) - left)
