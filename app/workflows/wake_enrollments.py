"""A sequence is on again: whom it held goes on, batch by batch, each in its own transaction."""

from uuid import UUID

from app.kernel import clock, jobs
from app.kernel.errors import NotFound
from app.kernel.uow import unit_of_work
from app.nurture.authoring.desk import find_sequence
from app.nurture.authoring.sequences import WAKE
from app.nurture.claims import NO_LEAD
from app.nurture.waking import ring, wake_batch

BATCH = 500
"""Enrollments in one transaction."""
TURN = 5
"""So many batches a job wakes; then what waits behind it has its turn."""


def wake_enrollments(supplier_id: UUID, sequence_id: UUID, after: UUID | None = None) -> None:
    """From the lead behind `after` on. Safe to run twice, at once too. If its bell is lost, each place is
    looked at within an hour anyway."""
    behind = after or NO_LEAD
    for batch in range(TURN):
        with unit_of_work(supplier_id) as session:
            try:
                row = find_sequence(session, sequence_id)
            except NotFound:
                return
            if not row.is_active:
                return
            last = wake_batch(session, row, clock.now(), most=BATCH, after=behind)
            ring(supplier_id)
            if last is None:
                return
            behind = last
            if batch == TURN - 1:
                jobs.ring(WAKE, supplier_id, sequence_id, last)
