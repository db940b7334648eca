"""One message leaves, or the reason why it does not is written down.

    1. claim: lock lead and message, ask the gate, mark it `sending` with a lease; commit;
    2. call the provider, with no transaction open;
    3. record the answer, and move the enrollment on that waits for it; commit.

May run twice, at once, late or never. Killed between 1 and 3, the lease runs out and the message is
`uncertain`: it is shown to a person and not sent again by itself.
"""

import time
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from app.kernel import clock, jobs
from app.kernel.uow import unit_of_work
from app.messaging.claims import Claimed, Post, claim, lock, record
from app.messaging.transports import Result
from app.messaging.transports.chosen import transport
from app.models.choices import InteractionType, MessageState, Priority
from app.models.lead_facts import record_interaction
from app.models.leads import Lead
from app.models.messaging import Message
from app.nurture.engine.outcomes import Done, Failed, Settled, Skip
from app.nurture.progress import settle
from app.nurture.snapshots import awaiting
from app.nurture.tasks import add_task, responsible
from app.scoring.service import rescore
from app.settings import Settings

log = structlog.get_logger(__name__)

PAUSES = (0.0, 1.0, 5.0, 15.0)
"""Seconds between tries to record an answer; together well within a lease."""
ENDS = frozenset({MessageState.ACCEPTED, MessageState.SKIPPED, MessageState.FAILED, MessageState.UNCERTAIN})


def deliver_message(supplier_id: UUID, message_id: UUID) -> None:
    """Send the message if it is due and may leave; settle it if nobody came back for it."""
    post = _post()
    claimed = _claim(supplier_id, message_id, post)
    if claimed is None or post.transport is None:
        return
    result = post.transport.send(claimed.envelope)
    _write_down(supplier_id, message_id, claimed.attempt, result)


def _write_down(supplier_id: UUID, message_id: UUID, attempt: int, result: Result) -> None:
    """Record the answer, also when the database blinks: otherwise a message that left would be uncertain."""
    for pause in PAUSES:
        try:
            _record(supplier_id, message_id, attempt, result)
            return
        except (OperationalError, InterfaceError) as error:
            log.warning(
                "answer_not_recorded", message_id=str(message_id), again_in=pause, reason=str(error.orig)
            )
            time.sleep(pause)
    _record(supplier_id, message_id, attempt, result)


def _post() -> Post:
    settings: Settings = current_app.extensions["settings"]
    return Post(transport(settings, "email"), settings.mail_from, timedelta(seconds=settings.message_lease))


def _claim(supplier_id: UUID, message_id: UUID, post: Post) -> Claimed | None:
    now = clock.now()
    with unit_of_work(supplier_id) as session:
        locked = lock(session, message_id)
        if locked is None:
            return None
        lead, message = locked
        before = message.state
        claimed = claim(session, lead, message, post, now)
        _follow_up(session, lead, message, before, now)
        return claimed


def _record(supplier_id: UUID, message_id: UUID, attempt: int, result: Result) -> None:
    now = clock.now()
    with unit_of_work(supplier_id) as session:
        locked = lock(session, message_id)
        if locked is None:
            return
        lead, message = locked
        before = message.state
        record(session, message, attempt, result, now)
        _follow_up(session, lead, message, before, now)


def _follow_up(session: Session, lead: Lead, message: Message, before: MessageState, now: datetime) -> None:
    """What else changes when the message has just come to an end."""
    if message.state is before or message.state not in ENDS:
        return
    if message.state is MessageState.ACCEPTED:
        _log_contact(session, lead, message, now)
    if message.state in (MessageState.FAILED, MessageState.UNCERTAIN):
        _tell_somebody(session, lead, message, now)
    if message.enrollment_id and message.sequence_step_id:
        _move_on(session, message, now)
    rescore(session, lead.id, now)


def _log_contact(session: Session, lead: Lead, message: Message, now: datetime) -> None:
    record_interaction(
        session,
        lead,
        InteractionType.EMAIL_SENT,
        occurred_at=now,
        system=True,
        subject=message.subject,
        content=message.text_body,
        step_id=message.sequence_step_id,
        message_id=message.id,
        user_id=message.sent_by_user_id,
    )


def _move_on(session: Session, message: Message, now: datetime) -> None:
    """Settle the step that waits for this message, and ring when the next one is due already."""
    assert message.enrollment_id
    assert message.sequence_step_id
    place = awaiting(session, message.enrollment_id, message.sequence_step_id, now)
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
    failed = message.state is MessageState.FAILED
    add_task(
        session,
        lead,
        title=f"E-mail to {lead.couple} {'could not be delivered' if failed else 'may not have arrived'}",
        description=f"“{message.subject}” to {message.to_address}: {message.reason}",
        task_type="message_failed" if failed else "message_uncertain",
        priority=Priority.HIGH,
        due_at=now,
        assigned_to_user_id=responsible(session, lead),
        enrollment_id=message.enrollment_id,
        sequence_step_id=message.sequence_step_id,
    )
