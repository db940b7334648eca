"""Hold one lead's place in one sequence."""

from uuid import UUID

from app.kernel import audit
from app.kernel.actor import Actor
from app.models.choices import EnrollmentStatus
from app.workflows.at_enrollment import at_enrollment


def pause_enrollment(actor: Actor, enrollment_id: UUID) -> UUID:
    """Nothing of it happens until it is resumed; the lead's id. A second time changes nothing.

    NotPermitted; NotFound; Conflict when it has ended.
    """
    with at_enrollment(actor, enrollment_id) as (session, place, now):
        values = {"status": EnrollmentStatus.PAUSED, "paused_at": place.enrollment.paused_at or now}
        audit.update(session, actor, place.enrollment, values, action="paused")
        return place.lead.id
