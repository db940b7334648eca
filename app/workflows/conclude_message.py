"""What follows when a message has come to an end: contact, task, sequence and score.

A building block of `deliver_message` and `settle_message`, inside their unit of work.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.kernel import jobs
from app.models.choices import Channel, InteractionType, MessageState, Priority
from app.models.lead_facts import record_interaction
from app.models.leads import Lead
from app.models.messaging import Message
from app.nurture.claims import awaiting
from app.nurture.engine.outcomes import Done, Failed, Settled, Skip
from app.nurture.progress import settle
from app.nurture.tasks import add_task, finish_task, responsible
from app.nurture.waking import free_place
from app.workflows.follow_leads import follow_leads
from app.workflows.heed_refusal import heed_refusal

ENDS = frozenset({MessageState.ACCEPTED, MessageState.SKIPPED, MessageState.FAILED, MessageState.UNCERTAIN})
TASKS = {MessageState.FAILED: "message_failed", MessageState.UNCERTAIN: "message_uncertain"}
"""The task for a person when a message ends so; done once it has left after all."""
_SENT = {Channel.EMAIL: InteractionType.EMAIL_SENT, Channel.SMS: InteractionType.SMS_SENT}
_NAMES = {Channel.EMAIL: "E-mail", Channel.SMS: "Text message"}


def conclude_message(
    session: Session, lead: Lead, message: Message, before: MessageState, now: datetime
) -> None:
    """Write down what follows if the locked message, which was `before`, has just come to an end."""
    if message.state is before or message.state not in ENDS:
        return
    if message.state is MessageState.ACCEPTED:
        _log_contact(session, lead, message, now)
        if before is not MessageState.SENDING or message.attempts > 1:  # else there was nothing to tell
            finish_task(session, lead, (message.enrollment_id, message.sequence_step_id), TASKS.values(), now)
    if message.state is MessageState.FAILED:
        heed_refusal(session, lead, message, now)
    if message.state in (MessageState.FAILED, MessageState.UNCERTAIN):
        _tell_somebody(session, lead, message, now)
    if message.enrollment_id and message.state in (MessageState.SKIPPED, MessageState.FAILED):
        free_place(session, lead, now)
    if message.enrollment_id and message.sequence_step_id:
        _move_on(session, lead, message, now)
    follow_leads(session, [lead], now)


def _log_contact(session: Session, lead: Lead, message: Message, now: datetime) -> None:
    record_interaction(
        session,
        lead,
        _SENT[message.channel],
        occurred_at=now,
        system=True,
        subject=message.subject,
        content=message.text_body,
        step_id=message.sequence_step_id,
        message_id=message.id,
        user_id=message.sent_by_user_id,
    )


def _move_on(session: Session, lead: Lead, message: Message, now: datetime) -> None:
    """Settle the step that waits for this message, and ring when the next one is due already."""
    assert message.enrollment_id
    assert message.sequence_step_id
    place = awaiting(session, lead, message.enrollment_id, message.sequence_step_id, now)
    if place is None:
        return
    settle(session, place, _outcome(message), now, message_id=str(message.id))
    due = place.enrollment.next_execution_at
    if due is not None and due <= now:
        jobs.ring("workers.jobs.steps.run_step", message.supplier_id, message.enrollment_id)


def _outcome(message: Message) -> Settled:
    if message.state is MessageState.ACCEPTED:
        return Done()
    reason = message.reason or str(message.state)
    return Skip(reason) if message.state is MessageState.SKIPPED else Failed(reason)


def _tell_somebody(session: Session, lead: Lead, message: Message, now: datetime) -> None:
    """A task for whoever looks after the lead, or for the owner."""
    what = "could not be delivered" if message.state is MessageState.FAILED else "may not have arrived"
    said = message.subject or message.text_body
    add_task(
        session,
        lead,
        title=f"{_NAMES[message.channel]} to {lead.couple} {what}",
        description=f"“{said}” to {message.to_address}: {message.reason}",
        task_type=TASKS[message.state],
        priority=Priority.HIGH,
        due_at=now,
        assigned_to_user_id=responsible(session, lead),
        enrollment_id=message.enrollment_id,
        sequence_step_id=message.sequence_step_id,
    )
