"""Take one lead out of one sequence."""

from uuid import UUID

from app.kernel import audit
from app.kernel.actor import Actor
from app.nurture.progress import end
from app.workflows.at_enrollment import at_enrollment

REASON = "ended_by_hand"


def end_enrollment(actor: Actor, enrollment_id: UUID) -> UUID:
    """The lead leaves; what waits is not sent. The lead's id. NotPermitted; NotFound; Conflict when it has
    ended."""
    with at_enrollment(actor, enrollment_id) as (session, place, now):
        before = {"status": place.enrollment.status}
        end(session, place.lead, place.enrollment, REASON, now)
        after = {"status": place.enrollment.status, "end_reason": REASON}
        audit.record(session, actor, "ended", place.enrollment, audit.Change(before, after))
        return place.lead.id
