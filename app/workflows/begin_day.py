"""A supplier's day, or another hour of it: what time alone makes due is marked or ended."""

from uuid import UUID

from app.kernel import clock, jobs
from app.kernel.uow import unit_of_work
from app.nurture.candidates import mark_of_the_day
from app.workflows.drop_undecided import drop_undecided
from app.workflows.evaluate_leads import JOB


def begin_day(supplier_id: UUID) -> int:
    """Mark the leads that sequences may want by now; how many. Messages that nobody said yes to in time are
    dropped. Every hour, as often as one likes."""
    now = clock.now()
    drop_undecided(supplier_id, now)
    with unit_of_work(supplier_id) as session:
        marked = mark_of_the_day(session, now)
        if marked:
            jobs.ring(JOB, supplier_id)
        return marked
