"""A look at a domain's records every day: they change after it was set up, and nobody is told.

    1. claim the domain, if its look is due; commit;
    2. ask the DNS, with no transaction open;
    3. keep what was found, and tell whoever may mend it when a record that was right is so no more; commit.

May run twice, at once, late or never: a look that came to nothing is due again within the hour.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import uniform
from uuid import UUID

import structlog
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.kernel import clock
from app.kernel.actor import ROLE_TABLE, Permission
from app.kernel.uow import unit_of_work
from app.messaging import notices
from app.messaging.senders.checking import keep, look
from app.messaging.senders.domains import measure, records
from app.messaging.senders.findings import Domain, Finding, State
from app.models.accounts import Membership
from app.models.messaging import SenderDomain

log = structlog.get_logger(__name__)

EVERY, AGAIN = timedelta(days=1), timedelta(hours=1)
_SPREAD = timedelta(hours=1)
"""The next look is as much earlier at most, by chance, so that no hour has them all."""


def look_by_night(supplier_id: UUID, domain_id: UUID) -> None:
    """Look at the domain's records if it is time. A server that does not answer is no verdict: what was found
    before stays, and is asked again within the hour."""
    claimed = _claim(supplier_id, domain_id)
    if claimed is None:
        return
    of, checked_at = claimed
    found = look(of)
    with unit_of_work(supplier_id) as session:
        row = session.scalar(_named(domain_id).with_for_update())
        if row is None or row.checked_at != checked_at:
            return  # it is gone, or somebody looked meanwhile and knows better
        now = clock.now()
        ailing = lost(row, found)
        keep(row, _known(row, found), now)
        if found["dkim"].state is not State.UNKNOWN:
            row.look_at = now + EVERY - uniform(0, 1) * _SPREAD  # noqa: S311 - no secret
        if ailing:
            log.warning("sender_domain_lost", domain=row.domain, records=ailing)
            _tell(session, row)


def lost(row: SenderDomain, found: Mapping[str, Finding]) -> list[str]:
    """The records that were right, and are not there or wrong now."""
    before = {name: finding.state for name, finding in records(row).items()}
    before["dkim"] = State.RIGHT if row.verified_at else State.WRONG
    return [name for name, now in found.items() if before[name] is State.RIGHT and now.ails(name)]


def _claim(supplier_id: UUID, domain_id: UUID) -> tuple[Domain, datetime | None] | None:
    """What to look for, and when that was done last; None when it is not time, somebody else looks, or the
    domain is gone."""
    now = clock.now()
    with unit_of_work(supplier_id) as session:
        due = _named(domain_id).where(SenderDomain.look_at <= now).with_for_update(skip_locked=True)
        row = session.scalar(due)
        if row is None:
            return None
        row.look_at = now + AGAIN
        return measure(row), row.checked_at


def _named(domain_id: UUID) -> Select[SenderDomain]:
    return select(SenderDomain).where(SenderDomain.id == domain_id)


def _known(row: SenderDomain, found: Mapping[str, Finding]) -> dict[str, Finding]:
    """What was found, and of what nobody could say, what was known before."""
    before = records(row)
    return {name: before[name] if now.state is State.UNKNOWN else now for name, now in found.items()}


def _tell(session: Session, row: SenderDomain) -> None:
    """Whoever may change what e-mails are from."""
    may = sorted(ROLE_TABLE[Permission.MANAGE_SUPPLIER])
    wanted = select(Membership).where(Membership.is_active, Membership.role.in_(may))
    members: Sequence[Membership] = session.scalars(wanted.order_by(Membership.user_id)).all()
    for member in members:
        notices.note_domain(session, member, row.id, clock.now())
