"""A couple wants no more messages: from this moment on nothing is claimed for them.

Locks the lead first. A message whose claim was before goes out; none after.
"""

from uuid import UUID

from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.uow import unit_of_work
from app.messaging.claims import lock
from app.models.choices import MessageEventType, SuppressionReason
from app.models.messaging import MessageEvent
from app.workflows.withdraw import Withdrawal, withdraw

SAID = Withdrawal(SuppressionReason.UNSUBSCRIBED, "unsubscribe link")


def opt_out(supplier_id: UUID, message_id: UUID) -> None:
    """Stop messages to whoever got this one; a second time changes nothing. NotFound when it is gone."""
    now = clock.now()
    with unit_of_work(supplier_id) as session:
        locked = lock(session, message_id)
        if locked is None:
            raise NotFound("message")
        lead, message = locked
        if withdraw(session, lead, message, SAID, now):
            event = MessageEventType.UNSUBSCRIBED
            ids = {"supplier_id": supplier_id, "message_id": message_id}
            session.add(MessageEvent(**ids, event_type=event, occurred_at=now, is_human=True))
