"""Let one lead go on in one sequence."""

from uuid import UUID

from sqlalchemy import update

from app.kernel import audit, jobs
from app.kernel.actor import Actor
from app.models.choices import EnrollmentStatus, MessageState
from app.models.messaging import Message
from app.nurture.progress import reopen
from app.workflows.at_enrollment import at_enrollment


def resume_enrollment(actor: Actor, enrollment_id: UUID) -> UUID:
    """Go on from the place that was held: what fell due meanwhile comes in the next moment of its window, and
    a dated step whose day is over is left out, as ever. The lead's id; a second time changes nothing.

    NotPermitted; NotFound; Conflict when it has ended.
    """
    with at_enrollment(actor, enrollment_id) as (session, place, now):
        enrollment = place.enrollment
        values = {"status": EnrollmentStatus.ACTIVE, "paused_at": None}
        if audit.update(session, actor, enrollment, values, action="resumed"):
            reopen(session, place, now)
            waits = (Message.enrollment_id == enrollment.id, Message.state == MessageState.DUE)
            session.execute(update(Message).where(*waits, Message.due_at > now).values(due_at=now))
            jobs.ring("workers.jobs.steps.run_step", actor.supplier_id, enrollment.id)
            jobs.ring("workers.jobs.messages.deliver_due", actor.supplier_id)
        return place.lead.id
