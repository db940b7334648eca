"""A member is told by e-mail: that a couple is theirs, what a couple answers, or what their day holds.

    1. claim the notice, with others that go in the same e-mail, and write the e-mail; commit;
    2. send it, with no transaction open;
    3. record the answer; commit.

May run twice, at once, late or never. At most once: killed between 1 and 3, the lease runs out and the
notice is `uncertain`, because a second e-mail about the same couple would look like a second couple, while
the couple itself stands in the member's list whatever becomes of the e-mail. A server that is away or says
"later" was not given it, so then it is tried again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.types import Uuid

from app.accounts import mail, queries
from app.kernel import clock
from app.kernel.actor import Role
from app.kernel.uow import unit_of_work
from app.kernel.zones import day_of, zone
from app.leads import digest, letters
from app.leads.letters import Couple, Letter, Reader
from app.leads.situation import recommended
from app.messaging import notices
from app.messaging.notices import Claimed
from app.messaging.senders.domains import find, records
from app.messaging.transports import Accepted, Envelope, Result, Temporary
from app.messaging.transports.smtp import Smtp
from app.models.accounts import Supplier
from app.models.choices import OPEN_STATUSES, NoticeKind
from app.models.leads import Lead, LeadInteraction
from app.settings import Settings
from app.workflows.write_down import write_down

log = structlog.get_logger(__name__)


class _Post(NamedTuple):
    """Notices on their way, and the e-mail that tells them."""

    ids: list[UUID]
    envelope: Envelope


def tell_member(supplier_id: UUID, notice_id: UUID) -> None:
    """Send the notice if it is due and wanted; settle it if nobody came back for it."""
    try:
        post = _claim(supplier_id, notice_id)
    except (OperationalError, InterfaceError, PoolTimeout):
        raise  # the database is away or busy: the notice stays due and the sweep finds it
    except Exception as error:
        log.exception("notice_not_written", supplier_id=str(supplier_id), notice_id=str(notice_id))
        with unit_of_work(supplier_id) as session:
            notices.put_off(session, notice_id, type(error).__name__, clock.now())
        return
    if post:
        result = _send(post.envelope)
        write_down(str(notice_id), lambda: _record(supplier_id, post.ids, result))


def _claim(supplier_id: UUID, notice_id: UUID) -> _Post | None:
    settings: Settings = current_app.extensions["settings"]
    now = clock.now()
    with unit_of_work(supplier_id) as session:
        claimed = notices.claim(session, notice_id, timedelta(seconds=settings.message_lease), now)
        if claimed is None:
            return None
        letter = _letter(session, claimed, settings, now)
        if letter is None:
            notices.skip(session, claimed.ids, "nothing_to_tell")
            return None
        key, to = str(claimed.ids[0]), queries.user(session, claimed.user_id).email
        message = mail.compose(settings.mail_from, to, letter.subject, letter.text, key)
        return _Post(claimed.ids, Envelope(key, settings.mail_from, to, message.as_bytes()))


def _letter(session: Session, claimed: Claimed, settings: Settings, now: datetime) -> Letter | None:
    """What the member may still see and still wants to know; None when that is nothing."""
    user, member = queries.member(session, claimed.user_id)
    if not (member.is_active and user.active) or member.role is Role.VIEWER:
        return None
    place = queries.supplier(session)
    reader = Reader(user.full_name, place.name, place.locale, zone(place.timezone), settings.base_url)
    if claimed.kind is NoticeKind.ASSIGNED:
        return _assigned(session, claimed, reader, now) if member.wants_notices else None
    if claimed.kind is NoticeKind.ANSWERED:
        return _answered(session, claimed, reader) if member.wants_notices else None
    if claimed.kind is NoticeKind.DOMAIN:
        return _domain(session, claimed, reader, place, settings) if member.wants_notices else None
    if not member.wants_digest or claimed.day != day_of(now, reader.zone):
        return None
    found = digest.read(session, member, claimed.day, reader.zone)
    return None if found.is_empty else letters.digest(reader, found)


def _answered(session: Session, claimed: Claimed, reader: Reader) -> Letter | None:
    """What the couple wrote; nothing when the lead is gone."""
    entry = session.scalar(
        select(LeadInteraction)
        .options(joinedload(LeadInteraction.lead))
        .where(LeadInteraction.id == claimed.ids[0])
    )
    if entry is None:
        return None
    said = entry.interaction_content or ""
    return letters.answered(reader, entry.lead_id, entry.lead.couple, entry.interaction_subject, said)


def _domain(
    session: Session, claimed: Claimed, reader: Reader, place: Supplier, settings: Settings
) -> Letter | None:
    """Which records are to be mended; nothing when they are right again."""
    assert claimed.sender_domain_id
    row = find(session, claimed.sender_domain_id)
    wrong = [(one.name, one.wanted, one.to_do) for name, one in records(row).items() if one.ails(name)]
    if not wrong:
        return None
    is_sender = (place.sender_address or "").rpartition("@")[2] == row.domain
    instead = settings.mail_from if is_sender and row.verified_at is None else None
    return letters.domain(reader, row.domain, wrong, instead)


def _assigned(session: Session, claimed: Claimed, reader: Reader, now: datetime) -> Letter | None:
    """Of the leads claimed, those that are open and still the member's."""
    theirs = (
        Lead.id == any_(literal(claimed.lead_ids, ARRAY(Uuid()))),
        Lead.assigned_to_user_id == claimed.user_id,
        Lead.lead_status.in_(sorted(OPEN_STATUSES)),
    )
    wanted = select(Lead).options(joinedload(Lead.source)).where(*theirs)
    leads = session.scalars(wanted.order_by(Lead.created_at.desc(), Lead.id)).all()
    couples = [
        Couple(
            lead.id,
            lead.couple,
            lead.wedding_date,
            lead.source.source_name if lead.source else lead.lead_source,
            lead.lead_score,
            recommended(session, lead, now),
        )
        for lead in leads[: letters.MOST_COUPLES]
    ]
    return letters.assigned(reader, couples, len(leads) - len(couples)) if leads else None


def _send(envelope: Envelope) -> Result:
    """By the way account mail goes, and wait for the answer."""
    settings: Settings = current_app.extensions["settings"]
    if settings.mail_transport == "smtp":
        return Smtp(settings.smtp_url or "").send(envelope)
    try:
        mail.keep(envelope.content)
    except OSError as error:
        return Temporary(f"not_kept_{type(error).__name__}")
    return Accepted("kept")


def _record(supplier_id: UUID, ids: Sequence[UUID], result: Result) -> None:
    with unit_of_work(supplier_id) as session:
        notices.record(session, ids, result, clock.now())
