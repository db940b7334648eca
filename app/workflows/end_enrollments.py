"""Take everybody who is under way out of a sequence that is off."""

from dataclasses import dataclass
from uuid import UUID

from app.kernel import audit, clock, jobs
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict
from app.kernel.uow import unit_of_work
from app.nurture.authoring.desk import find_sequence
from app.nurture.authoring.ending import under_way
from app.workflows.leave_sequence import leave_sequence

BATCH = 200
"""Enrollments in one transaction."""
JOB = "workers.jobs.sequences.end"


@dataclass(frozen=True)
class Ended:
    """`ended` at once; `left` leave in the background."""

    sequence_id: UUID
    ended: int
    left: int


def end_enrollments(actor: Actor, sequence_id: UUID) -> Ended:
    """They leave, and what waits is not sent. NotPermitted; NotFound; Conflict while the sequence is on."""
    actor.require(Permission.WRITE_SEQUENCES)
    with unit_of_work(actor.supplier_id) as session:
        row = find_sequence(session, sequence_id)
        if row.is_active:
            raise Conflict("This sequence is on; switch it off before you take everybody out.")
        ended = leave_sequence(session, row, clock.now(), most=BATCH)
        left = under_way(session, row)
        if left:
            jobs.ring(JOB, actor.supplier_id, sequence_id)
        if ended:
            told = audit.Change(after={"ended": ended, "left": left})
            audit.record(session, actor, "enrollments_ended", row, told)
        return Ended(sequence_id, ended, left)
