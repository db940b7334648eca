"""Leave out the step that a lead is at."""

from uuid import UUID

from app.kernel import audit, jobs
from app.kernel.actor import Actor
from app.messaging.claims import drop
from app.nurture.engine.outcomes import Skip
from app.nurture.progress import settle
from app.workflows.at_enrollment import at_enrollment, check_step, waiting_message
from app.workflows.conclude_message import conclude_message

REASON = "skipped_by_hand"


def skip_step(actor: Actor, enrollment_id: UUID, step_id: UUID | None = None) -> UUID:
    """The lead goes on with the step after it; a message of it that waits is not sent. The lead's id.

    NotPermitted; NotFound; Conflict when the enrollment has ended, stands at another step, or the message is
    leaving this moment.
    """
    with at_enrollment(actor, enrollment_id) as (session, place, now):
        check_step(place, step_id)
        stood = {"step_id": place.enrollment.current_step_id}
        message = waiting_message(session, place)
        if message:
            before = message.state
            drop(session, message, REASON, now)
            conclude_message(session, place.lead, message, before, now)
        elif place.enrollment.next_execution_at is not None:
            settle(session, place, Skip(REASON), now)
        due = place.enrollment.next_execution_at
        if due is not None and due <= now:
            jobs.ring("workers.jobs.steps.run_step", actor.supplier_id, enrollment_id)
        audit.record(session, actor, "skipped_step", place.enrollment, audit.Change(stood))
        return place.lead.id
