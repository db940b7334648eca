"""Score a supplier's leads in the background: batch by batch, each in its own transaction."""

from uuid import UUID

from app.kernel import clock, jobs
from app.kernel.uow import unit_of_work
from app.models.score_facts import QUEUE, RUN
from app.scoring.rescoring import next_batch

TURN = 5
"""So many batches a job scores; then what waits behind it has its turn, and a new bell goes on."""


def run_rescore(supplier_id: UUID, rescore_id: UUID) -> None:
    """Go on where it stands. Safe to run twice, at once too: a batch belongs to whoever has locked it, and
    what stops in its middle is taken up by the sweep."""
    for batch in range(TURN):
        with unit_of_work(supplier_id) as session:
            last = next_batch(session, rescore_id, clock.now())
            if last is None:
                return
            if batch == TURN - 1:
                jobs.ring(RUN, supplier_id, rescore_id, last, queue=QUEUE)
