"""One enrollment takes the steps that are due: as `run_steps` does, for one alone, and waiting for its lead.

For a step that is due at once, as the answer to an inquiry, and for what failed in a batch.
"""

from datetime import datetime
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from app.kernel import clock
from app.kernel.uow import unit_of_work
from app.nurture.claims import Place, claim, put_off
from app.nurture.engine.decide import LOOK_AGAIN
from app.nurture.progress import postpone
from app.workflows.take_steps import ready, take_steps

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 20
"""Steps of one enrollment that one run takes; the sweep comes back for the rest."""


def run_step(supplier_id: UUID, enrollment_id: UUID) -> None:
    """Take what is due. An unexpected error is written down and tried again later."""
    for _ in range(MOST_AT_ONCE):
        now = clock.now()
        try:
            with unit_of_work(supplier_id) as session:
                if not _take(session, supplier_id, enrollment_id, now):
                    return
        except (OperationalError, InterfaceError, PoolTimeout):
            raise  # the database is away or busy: the row stays due and the sweep finds it
        except Exception as error:
            log.exception("step_failed", supplier_id=str(supplier_id), enrollment_id=str(enrollment_id))
            _postpone(supplier_id, enrollment_id, f"{type(error).__name__}: {error}"[:500])
            return


def _take(session: Session, supplier_id: UUID, enrollment_id: UUID, now: datetime) -> bool:
    """Take one step; is another one due right behind it?"""
    place = _claim(session, supplier_id, enrollment_id, now)
    if place is None:
        return False
    now = clock.now()  # the claim may have waited for the lead
    take_steps(session, [place], now)
    due = place.enrollment.next_execution_at
    return due is not None and due <= now


def _postpone(supplier_id: UUID, enrollment_id: UUID, problem: str) -> None:
    """Try again after a while. What cannot be written down either is only looked at later, so that it neither
    stops the others of its batch nor stands before them in the next."""
    now = clock.now()
    try:
        with unit_of_work(supplier_id) as session:
            place = _claim(session, supplier_id, enrollment_id, now)
            if place:
                postpone(session, place, problem, now)
    except (OperationalError, InterfaceError, PoolTimeout):
        raise
    except Exception:
        log.exception("postpone_failed", supplier_id=str(supplier_id), enrollment_id=str(enrollment_id))
        with unit_of_work(supplier_id) as session:
            put_off(session, enrollment_id, now, now + LOOK_AGAIN)


def _claim(session: Session, supplier_id: UUID, enrollment_id: UUID, now: datetime) -> Place | None:
    channels = ready(session, supplier_id, current_app.extensions["settings"])
    return claim(session, enrollment_id, now, channels)
