"""Each morning, an e-mail to every member who wants one and for whom the day holds something."""

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import ColumnExpressionArgument, select, update
from sqlalchemy.orm import Session

from app.accounts.queries import supplier
from app.kernel import clock
from app.kernel.actor import Role
from app.kernel.uow import reading, unit_of_work
from app.kernel.zones import day_of, instant, zone
from app.leads.digest import MORNING, read
from app.messaging import notices
from app.models.accounts import Membership

NOON = time(12)
"""Then the morning is over: a digest that could not be made by then is not made that day."""


def send_digests(supplier_id: UUID) -> int:
    """Note the day's digest of each member, once; how many there are to send. Zero but in the morning.

    The member's day is taken by an UPDATE that only one run can make, in the transaction that notes the
    digest: from then on it is a notice like any other, sent at most once (`tell_member`).
    """
    now = clock.now()
    with reading(supplier_id) as session:
        timezone = supplier(session).timezone
        if not is_morning(now, timezone):
            return 0
        today = day_of(now, zone(timezone))
        members = session.scalars(select(Membership.user_id).where(*_due(today))).all()
    noted = 0
    for user_id in members:
        with unit_of_work(supplier_id) as session:
            noted += _note(session, user_id, today, now)
    if members:
        with unit_of_work(supplier_id) as session:
            notices.forget_old(session, now)
    return noted


def is_morning(now: datetime, timezone: str) -> bool:
    """Is it time for digests where clocks show that zone?"""
    where = zone(timezone)
    today = day_of(now, where)
    return instant(today, MORNING, where) <= now < instant(today, NOON, where)


def _due(today: date) -> Sequence[ColumnExpressionArgument[bool]]:
    return (
        Membership.is_active,
        Membership.wants_digest,
        Membership.role != Role.VIEWER,
        Membership.digest_on.is_distinct_from(today),
    )


def _note(session: Session, user_id: UUID, today: date, now: datetime) -> bool:
    """Take the member's day; False when it was taken, or holds nothing."""
    mine = update(Membership).where(Membership.user_id == user_id, *_due(today)).values(digest_on=today)
    member = session.scalar(mine.returning(Membership))
    if member is None:
        return False
    if read(session, member, today, zone(supplier(session).timezone)).is_empty:
        return False
    return notices.note_digest(session, member, today, now)
