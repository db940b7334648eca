"""One supplier's due steps are taken, a batch a transaction.

    1. claim: lock leads and enrollments that are due and that nobody else is at;
    2. load the facts of all of them in a few statements, and let the engine decide on each;
    3. apply: a message is written and waits for `deliver_messages`, everything else happens here;
    4. record the decisions, move on, score the leads by all of it, tell sequences and sources; commit.

May run twice, at once, late or never: only one finds an enrollment due, and each effect has a unique key of
enrollment and step. A batch that fails is undone and taken one by one (`run_step`), so that one step that
cannot be taken holds up no other. After `SLICE` the rest waits behind the other suppliers' work.
"""

import time
from datetime import timedelta
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from app.kernel import clock, jobs
from app.kernel.uow import unit_of_work
from app.nurture.claims import claim_due
from app.workflows.run_step import run_step
from app.workflows.take_steps import ready, take_steps

log = structlog.get_logger(__name__)

BATCH = 50
"""Enrollments in one transaction."""
SLICE = timedelta(seconds=3)
"""How long one supplier's steps are taken before others have their turn."""
JOB = "workers.jobs.steps.run_steps"


def run_steps(supplier_id: UUID) -> None:
    """Take what is due, batch by batch, until nothing is left or the slice is over."""
    ends = time.monotonic() + SLICE.total_seconds()
    while (taken := _batch(supplier_id)) and time.monotonic() < ends:
        pass
    if taken:
        with unit_of_work(supplier_id):
            jobs.ring(JOB, supplier_id)


def _batch(supplier_id: UUID) -> int:
    """How many were taken."""
    claimed: list[UUID] = []
    try:
        with unit_of_work(supplier_id) as session:
            return _take(session, supplier_id, claimed)
    except (OperationalError, InterfaceError, PoolTimeout):
        raise  # the database is away or busy: the rows stay due and the sweep finds them
    except Exception:
        log.exception("batch_failed", supplier_id=str(supplier_id), enrollments=len(claimed))
    for enrollment_id in claimed:
        run_step(supplier_id, enrollment_id)
    return len(claimed)


def _take(session: Session, supplier_id: UUID, claimed: list[UUID]) -> int:
    channels = ready(session, supplier_id, current_app.extensions["settings"])
    places = claim_due(session, clock.now(), channels, most=BATCH)
    claimed.extend(place.enrollment.id for place in places)
    take_steps(session, places, clock.now())
    return len(places)
