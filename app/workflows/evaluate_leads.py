"""Leads that sequences may want, because something changed for many at once, are looked at: batch by batch.

Scores that moved by other rules and days that pass mark leads (`leads.evaluate_at`) in one statement; whether
a sequence takes one in is decided here, by the same function as for a single change. May run twice, at once,
late or never: a lead belongs to whoever has locked it, and its mark goes with what was decided.
"""

import time
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.kernel import clock, jobs
from app.kernel.uow import unit_of_work
from app.nurture.candidates import claim_marked, unmark
from app.workflows.follow_leads import follow_leads

log = structlog.get_logger(__name__)

BATCH = 50
SLICE = timedelta(seconds=3)
JOB = "workers.jobs.steps.evaluate"


def evaluate_leads(supplier_id: UUID) -> None:
    """Enroll marked leads wherever they fit, until none is left or the slice is over."""
    ends = time.monotonic() + SLICE.total_seconds()
    while (done := _batch(supplier_id, BATCH)) and time.monotonic() < ends:
        pass
    if done:
        with unit_of_work(supplier_id):
            jobs.ring(JOB, supplier_id)


def _batch(supplier_id: UUID, most: int) -> int:
    """How many were looked at. One that cannot be evaluated holds up no other: the log says so, and it is
    looked at again when it changes."""
    try:
        return _evaluate(supplier_id, most)
    except (OperationalError, InterfaceError, PoolTimeout):
        raise  # the database is away or busy: the marks stay and the sweep finds them
    except Exception:
        log.exception("evaluation_failed", supplier_id=str(supplier_id), leads=most)
    if most > 1:
        return sum(_batch(supplier_id, 1) for _ in range(most))
    with unit_of_work(supplier_id) as session:
        unmark(session, [lead.id for lead in claim_marked(session, 1)])
    return 1


def _evaluate(supplier_id: UUID, most: int) -> int:
    now = clock.now()
    with unit_of_work(supplier_id) as session:
        leads = claim_marked(session, most)
        if leads:
            ids = [lead.id for lead in leads]
            unmark(session, ids)
            follow_leads(session, leads, now, evaluate=ids)
    return len(leads)
