"""Score a supplier's leads again once a night: days pass and adjustments run out without any event."""

from datetime import time
from uuid import UUID

from app.kernel import clock, jobs
from app.kernel.uow import unit_of_work
from app.kernel.zones import day_of, instant, zone
from app.models.accounts import Supplier
from app.models.score_facts import QUEUE, RUN
from app.scoring.rescoring import begin_night

NIGHT = time(3)
"""From this wall time on, in the supplier's zone, the day's scores are due."""


def rescore_supplier(supplier_id: UUID) -> UUID | None:
    """Have every lead scored for the supplier's present day; None before 03:00 there, and once it was noted.

    What is noted is run in the background, and taken up again by the sweep where it stopped.
    """
    now = clock.now()
    with unit_of_work(supplier_id) as session:
        timezone = zone(session.get_one(Supplier, supplier_id).timezone)
        today = day_of(now, timezone)
        if now < instant(today, NIGHT, timezone):
            return None
        rescore_id = begin_night(session, today, now)
        if rescore_id:
            jobs.ring(RUN, supplier_id, rescore_id, queue=QUEUE)
        return rescore_id
