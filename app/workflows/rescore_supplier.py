"""Score a supplier's leads again once a night: days pass and adjustments run out without any event."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kernel import clock, tenancy
from app.kernel.uow import unit_of_work
from app.kernel.zones import instant, zone
from app.models.accounts import IdempotencyKey
from app.scoring.queries import as_of
from app.scoring.service import rescore_all

log = structlog.get_logger(__name__)

NIGHT = time(3)
"""From this wall time on, in the supplier's zone, the day's scores are due."""
SCOPE = "nightly_rescore"
KEPT = timedelta(days=2)


def rescore_supplier(supplier_id: UUID) -> bool:
    """Score every lead for the supplier's present day; False before 03:00 there, and once it was done.

    The day is noted with the scores in one transaction: a run that fails is taken again, and of two
    at once the later waits and finds the day done.
    """
    now = clock.now()
    with unit_of_work(supplier_id) as session:
        moment = as_of(session, now)
        if now < instant(moment.today, NIGHT, zone(moment.timezone)):
            return False
        if not _is_first(session, moment.today, now):
            return False
        session.execute(text("set local statement_timeout = '240s'"))  # every lead in one statement
        changes = rescore_all(session, now)
    log.info("rescored_for_the_day", day=moment.today.isoformat(), changed=len(changes))
    return True


def _is_first(session: Session, today: date, now: datetime) -> bool:
    """Note the day; False when it was noted before. Notes past their time go."""
    past = (IdempotencyKey.scope == SCOPE, IdempotencyKey.expires_at <= now)
    session.execute(delete(IdempotencyKey).where(*past))
    note = insert(IdempotencyKey).values(
        supplier_id=tenancy.supplier_id(),
        scope=SCOPE,
        key=today.isoformat(),
        request_hash=b"",
        expires_at=now + KEPT,
    )
    noted = session.execute(note.on_conflict_do_nothing().returning(IdempotencyKey.id))
    return noted.first() is not None
