"""Go on moving leads to the newest version of a sequence, batch by batch, each in its own transaction."""

from uuid import UUID

from app.kernel import clock, jobs
from app.kernel.errors import NotFound
from app.kernel.uow import unit_of_work
from app.nurture.authoring.desk import find_sequence
from app.nurture.authoring.moving import move_batch
from app.workflows.move_enrollments import BATCH, JOB

TURN = 5
"""So many batches a job moves; then what waits behind it has its turn."""


def go_on_moving(supplier_id: UUID, sequence_id: UUID) -> None:
    """Safe to run twice, at once too: a lead is moved by whoever has locked it. If its bell is lost, the
    preview still shows who is left."""
    for batch in range(TURN):
        with unit_of_work(supplier_id) as session:
            try:
                row = find_sequence(session, sequence_id)
            except NotFound:
                return
            if not move_batch(session, row, clock.now(), most=BATCH):
                return
            if batch == TURN - 1:
                jobs.ring(JOB, supplier_id, sequence_id)
