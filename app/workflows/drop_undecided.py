"""Messages that nobody said yes to in time are let go, and their sequences go on.

A building block of `begin_day`. Each in a transaction of its own, on its locked lead.
"""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.kernel.uow import reading, unit_of_work
from app.messaging.claims import drop, lock
from app.messaging.queries import undecided
from app.models.choices import MessageState
from app.workflows.conclude_message import conclude_message

log = structlog.get_logger(__name__)

MOST = 500
"""Messages at once; the next hour brings the next."""


def drop_undecided(supplier_id: UUID, now: datetime) -> int:
    """Drop what waits for a yes and is not worth sending any more; how many. One that cannot be dropped holds
    up no other."""
    with reading(supplier_id) as session:
        late = undecided(session, now, MOST)
    return sum(_drop(supplier_id, message_id, now) for message_id in late)


def _drop(supplier_id: UUID, message_id: UUID, now: datetime) -> bool:
    """False when somebody has decided meanwhile."""
    try:
        with unit_of_work(supplier_id) as session:
            locked = lock(session, message_id)
            if locked is None or locked[1].state is not MessageState.HELD:
                return False
            lead, message = locked
            drop(session, message, "too_late", now)
            conclude_message(session, lead, message, MessageState.HELD, now)
            return True
    except (OperationalError, InterfaceError, PoolTimeout):
        raise  # the database is away or busy: the next hour finds them
    except Exception:
        log.exception("drop_failed", supplier_id=str(supplier_id), message_id=str(message_id))
        return False
