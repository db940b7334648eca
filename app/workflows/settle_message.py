"""Somebody says what became of a message that nobody knows about."""

from enum import StrEnum
from uuid import UUID

from app.kernel import audit, clock, jobs
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict, NotFound
from app.kernel.uow import unit_of_work
from app.messaging.claims import confirm, lock, send_again
from app.models.choices import MessageState
from app.workflows.conclude_message import conclude_message


class Verdict(StrEnum):
    ARRIVED = "arrived"
    SEND_AGAIN = "send_again"


def settle_message(actor: Actor, message_id: UUID, verdict: Verdict) -> None:
    """Take it for sent, or send it once more. NotFound; Conflict when it is not uncertain (any more)."""
    actor.require(Permission.WRITE_LEADS)
    now = clock.now()
    with unit_of_work(actor.supplier_id) as session:
        locked = lock(session, message_id)
        if locked is None:
            raise NotFound("message")
        lead, message = locked
        if message.state is not MessageState.UNCERTAIN:
            raise Conflict("What became of this message is known by now.")
        if verdict is Verdict.ARRIVED:
            confirm(session, message, now)
        else:
            send_again(session, message, actor.user_id, now)
            jobs.ring("workers.jobs.messages.deliver", actor.supplier_id, message_id)
        told = audit.Change({"state": MessageState.UNCERTAIN}, {"state": message.state})
        audit.record(session, actor, "settled", message, told)
        conclude_message(session, lead, message, MessageState.UNCERTAIN, now)
