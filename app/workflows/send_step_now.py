"""Take the step that a lead is at now, because a person says so."""

from dataclasses import replace
from uuid import UUID

from app.kernel import audit, jobs
from app.kernel.actor import Actor
from app.kernel.errors import Conflict
from app.messaging.claims import release
from app.models.choices import EnrollmentStatus
from app.nurture.engine.decide import decide
from app.nurture.engine.outcomes import Do
from app.workflows.at_enrollment import at_enrollment, check_step, spelled, waiting_message
from app.workflows.take_steps import take_steps


def send_step_now(actor: Actor, enrollment_id: UUID, step_id: UUID | None = None) -> UUID:
    """The step is taken in this moment; its message leaves whatever the hour and how many went before, as one
    that a person sends, but no opt-out is passed over. The lead's id.

    NotPermitted; NotFound; Conflict when the enrollment has ended, is paused or stands at another step, when
    the message is leaving this moment, or when the step does not apply to the lead.
    """
    with at_enrollment(actor, enrollment_id) as (session, place, now):
        check_step(place, step_id)
        stood = {"step_id": place.enrollment.current_step_id}
        if place.enrollment.status is EnrollmentStatus.PAUSED or place.lead.automation_paused:
            raise Conflict("It is paused; resume it first.")
        message = waiting_message(session, place)
        if message is None and place.enrollment.next_execution_at is not None:
            in_time = replace(place.snapshot, due_at=now)  # a person's word is not late
            place = replace(place, snapshot=in_time)
            outcome = decide(place.snapshot, now)
            if not isinstance(outcome, Do):
                raise Conflict(f"This step does not apply to the lead now: {spelled(outcome.reason)}.")
            take_steps(session, [place], now)
            session.flush()
            message = waiting_message(session, place)
        if message:
            release(session, message, actor.user_id, now)
            jobs.ring("workers.jobs.messages.deliver", actor.supplier_id, message.id)
        audit.record(session, actor, "sent_now", place.enrollment, audit.Change(stood))
        return place.lead.id
