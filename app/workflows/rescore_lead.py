"""Score one lead again: for leads whose last scoring failed and is marked stale."""

from uuid import UUID

from app.kernel import clock
from app.kernel.uow import unit_of_work
from app.scoring.service import lock_and_rescore


def rescore_lead(supplier_id: UUID, lead_id: UUID) -> None:
    """Score the lead by the rules in force; unless that fails again, its score is no longer stale."""
    with unit_of_work(supplier_id) as session:
        lock_and_rescore(session, lead_id, clock.now())
