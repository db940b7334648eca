"""What comes back about a message, and all that follows from it, in one transaction.

The lead is locked first: an opt-out, a reply or a bounce comes before the claim of the next message, or
after it. A report that is told again, by anybody and at the same moment, changes nothing.
"""

from uuid import UUID

from sqlalchemy import text

from app.kernel import clock
from app.kernel.uow import unit_of_work
from app.messaging.claims import lock
from app.messaging.signals import Signal
from app.workflows.follow_signal import follow_signal

_PATIENCE = text("set local lock_timeout = '2s'")
"""Who follows a link waits for its target, so not for long behind others."""


def record_signal(
    supplier_id: UUID, message_id: UUID, signal: Signal, *, somebody_waits: bool = False
) -> bool:
    """Write the signal down with what follows from it; False when it is known, or the message is gone."""
    with unit_of_work(supplier_id) as session:
        if somebody_waits:
            session.execute(_PATIENCE)
        locked = lock(session, message_id)
        return locked is not None and follow_signal(session, *locked, signal, clock.now())
