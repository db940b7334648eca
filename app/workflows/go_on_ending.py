"""Go on taking leads out of a sequence that is off, batch by batch, each in its own transaction."""

from uuid import UUID

from app.kernel import clock, jobs
from app.kernel.errors import NotFound
from app.kernel.uow import unit_of_work
from app.nurture.authoring.desk import find_sequence
from app.workflows.end_enrollments import BATCH, JOB
from app.workflows.leave_sequence import leave_sequence

TURN = 5
"""So many batches a job ends; then what waits behind it has its turn."""


def go_on_ending(supplier_id: UUID, sequence_id: UUID) -> None:
    """Until nobody is left or the sequence is on again. Safe to run twice, at once too: a lead leaves with
    whoever has locked it. If its bell is lost, the page still shows who is left."""
    for batch in range(TURN):
        with unit_of_work(supplier_id) as session:
            try:
                row = find_sequence(session, sequence_id)
            except NotFound:
                return
            if row.is_active or not leave_sequence(session, row, clock.now(), most=BATCH):
                return
            if batch == TURN - 1:
                jobs.ring(JOB, supplier_id, sequence_id)
