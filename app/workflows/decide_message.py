"""A person says yes or no to a message that waits for that."""

from enum import StrEnum
from uuid import UUID

from app.kernel import audit, clock, jobs
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict, NotFound
from app.kernel.uow import unit_of_work
from app.messaging.claims import approve, drop, lock
from app.models.choices import MessageState
from app.workflows.conclude_message import conclude_message


class Decision(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"


def decide_message(actor: Actor, message_id: UUID, decision: Decision) -> UUID:
    """It leaves as soon as the hour and the caps allow it, or never, and its sequence goes on. The lead's id.

    NotPermitted; NotFound; Conflict when it does not wait for that (any more).
    """
    actor.require(Permission.WRITE_LEADS)
    now = clock.now()
    with unit_of_work(actor.supplier_id) as session:
        locked = lock(session, message_id)
        if locked is None:
            raise NotFound("message")
        lead, message = locked
        if message.state is not MessageState.HELD:
            raise Conflict("This message waits for nobody's yes (any more).")
        if decision is Decision.APPROVE:
            approve(session, message, actor.user_id, now)
            jobs.ring("workers.jobs.messages.deliver", actor.supplier_id, message_id)
        else:
            drop(session, message, "rejected", now)
        told = audit.Change({"state": MessageState.HELD}, {"state": message.state})
        audit.record(session, actor, "decided", message, told)
        conclude_message(session, lead, message, MessageState.HELD, now)
        return lead.id
