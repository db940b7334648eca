"""E-mails to members: noted with what they tell of, claimed before they are sent, settled afterwards.

    1. the row is written in the transaction of what it tells, and a bell is rung;
    2. a claim marks what is due as `sending`, one attempt more, with a lease; the caller commits;
    3. it sends with no transaction open, and comes back to `record` the answer.

A lease that ran out means that nobody came back: the notice is `uncertain` and is never sent again. A
member who sees a couple in the list of their leads needs no second e-mail about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, any_, delete, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid
from uuid_utils.compat import uuid7

from app.kernel import jobs
from app.messaging.claims import BACK_OFF
from app.messaging.transports import Accepted, Permanent, Result, Temporary, Unknown
from app.models.accounts import Membership
from app.models.choices import MessageState, NoticeKind
from app.models.notices import Notice

log = structlog.get_logger(__name__)

TELL = "workers.jobs.notices.tell"
TOGETHER = timedelta(minutes=1)
"""After an e-mail about assignments the next one waits so long: what comes meanwhile goes with it."""
MOST_TOGETHER = 500
KEPT = timedelta(days=30)
AWAITED = (MessageState.SENDING, MessageState.UNCERTAIN)


@dataclass(frozen=True)
class Claimed:
    """Notices of one kind to one member, to be told in one e-mail; its key is the first one's id."""

    ids: list[UUID]
    user_id: UUID
    kind: NoticeKind
    lead_ids: list[UUID]
    day: date | None
    sender_domain_id: UUID | None = None


def note_assigned(session: Session, member: Membership, lead_id: UUID, entry_id: UUID, now: datetime) -> None:
    """The member is to be told that the lead is theirs; `entry_id` is the timeline entry that says so."""
    _note(session, member, (NoticeKind.ASSIGNED, lead_id, entry_id), now)


def note_answered(session: Session, member: Membership, lead_id: UUID, entry_id: UUID, now: datetime) -> None:
    """The member is to be told what the couple answered; `entry_id` is the timeline entry that holds it."""
    _note(session, member, (NoticeKind.ANSWERED, lead_id, entry_id), now)


def _note(session: Session, member: Membership, what: tuple[NoticeKind, UUID, UUID], now: datetime) -> None:
    kind, lead_id, entry_id = what
    if not member.wants_notices:
        return
    ids = {"supplier_id": member.supplier_id, "user_id": member.user_id, "lead_id": lead_id}
    session.add(Notice(**ids, id=entry_id, kind=kind, due_at=now))
    jobs.ring(TELL, member.supplier_id, entry_id)


def note_domain(session: Session, member: Membership, domain_id: UUID, now: datetime) -> None:
    """The member is to be told that records of the domain are not right any more."""
    if not member.wants_notices:
        return
    ids = {"supplier_id": member.supplier_id, "user_id": member.user_id, "sender_domain_id": domain_id}
    notice = Notice(**ids, id=uuid7(), kind=NoticeKind.DOMAIN, due_at=now)
    session.add(notice)
    jobs.ring(TELL, member.supplier_id, notice.id)


def note_digest(session: Session, member: Membership, day: date, now: datetime) -> bool:
    """The member's digest of that day is to be sent; False when it was noted before."""
    note = insert(Notice).values(
        supplier_id=member.supplier_id, user_id=member.user_id, kind=NoticeKind.DIGEST, day=day, due_at=now
    )
    noted = session.scalar(note.on_conflict_do_nothing().returning(Notice.id))
    if noted:
        jobs.ring(TELL, member.supplier_id, noted)
    return noted is not None


def claim(session: Session, notice_id: UUID, lease: timedelta, now: datetime) -> Claimed | None:
    """Claim the notice if it is due, with the member's others that may go in the same e-mail.

    None when it is not due, somebody else has it, or its lease ran out: then it is settled as uncertain.
    """
    first = _lock(session, [Notice.id == notice_id], most=1)
    if not first or not _may_go(session, first[0], now):
        return None
    taken = [first[0], *_others(session, first[0], now)]
    for notice in taken:
        notice.state, notice.lease_until, notice.reason = MessageState.SENDING, now + lease, None
        notice.attempts += 1
    return Claimed(
        [notice.id for notice in taken],
        first[0].user_id,
        first[0].kind,
        [notice.lead_id for notice in taken if notice.lead_id],
        first[0].day,
        first[0].sender_domain_id,
    )


def _may_go(session: Session, notice: Notice, now: datetime) -> bool:
    """Is the locked notice due? One whose lease ran out is settled; one that comes too soon is put off."""
    if notice.state is MessageState.SENDING and notice.lease_until and notice.lease_until <= now:
        _settle(notice, Unknown("lease_expired"), now)
    if notice.state is not MessageState.DUE or notice.due_at > now:
        return False
    ready = _last_told(session, notice, now) + TOGETHER if notice.kind is NoticeKind.ASSIGNED else now
    if ready > now:
        notice.due_at = ready
    return ready <= now


def _last_told(session: Session, notice: Notice, now: datetime) -> datetime:
    """When the member was last told of an assignment; now, while that is going on."""
    mine = (Notice.user_id == notice.user_id, Notice.kind == NoticeKind.ASSIGNED)
    told = select(func.max(Notice.sent_at)).where(
        *mine, Notice.state == MessageState.ACCEPTED, Notice.sent_at > now - TOGETHER
    )
    telling = select(Notice.id).where(*mine, Notice.state == MessageState.SENDING, Notice.lease_until > now)
    if session.scalar(telling.limit(1)):
        return now
    return session.scalar(told) or now - TOGETHER


def _others(session: Session, first: Notice, now: datetime) -> Sequence[Notice]:
    """What else is due to the same member about assignments."""
    if first.kind is not NoticeKind.ASSIGNED:
        return []
    due = [
        Notice.user_id == first.user_id,
        Notice.kind == first.kind,
        Notice.state == MessageState.DUE,
        Notice.due_at <= now,
        Notice.id != first.id,
    ]
    return _lock(session, due, most=MOST_TOGETHER - 1)


def _lock(session: Session, which: Sequence[ColumnElement[bool]], most: int) -> Sequence[Notice]:
    """Those notices that nobody else holds, as they are now."""
    wanted = select(Notice).where(*which).order_by(Notice.id).limit(most)
    locked = wanted.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return session.scalars(locked).all()


def record(session: Session, ids: Sequence[UUID], result: Result, now: datetime) -> None:
    """Write down what became of the e-mail. An answer that comes after the lease still counts: what is
    uncertain was never tried again."""
    for notice in _of(session, ids):
        if notice.state in AWAITED:
            _settle(notice, result, now)


def skip(session: Session, ids: Sequence[UUID], reason: str) -> None:
    """There is nothing to tell, or nobody who wants to know."""
    for notice in _of(session, ids):
        notice.state, notice.reason, notice.lease_until = MessageState.SKIPPED, reason, None


def put_off(session: Session, notice_id: UUID, problem: str, now: datetime) -> None:
    """Count an attempt of a notice that could not be put together."""
    for notice in _of(session, [notice_id]):
        if notice.state is MessageState.DUE and notice.due_at <= now:
            notice.attempts += 1
            _settle(notice, Temporary(problem), now)


def forget_old(session: Session, now: datetime) -> None:
    """What was settled a month ago goes."""
    open_ = (MessageState.DUE, MessageState.SENDING)
    session.execute(delete(Notice).where(Notice.created_at < now - KEPT, Notice.state.not_in(open_)))


def _of(session: Session, ids: Sequence[UUID]) -> Sequence[Notice]:
    wanted = select(Notice).where(Notice.id == any_(literal(list(ids), ARRAY(Uuid())))).order_by(Notice.id)
    return session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).all()


def _settle(notice: Notice, result: Result, now: datetime) -> None:
    notice.lease_until = None
    match result:
        case Accepted():
            notice.state, notice.reason, notice.sent_at = MessageState.ACCEPTED, None, now
        case Temporary(reason) if notice.attempts <= len(BACK_OFF):
            notice.state, notice.reason = MessageState.DUE, reason[:255]
            notice.due_at = now + BACK_OFF[notice.attempts - 1]
        case Temporary(reason) | Permanent(reason):
            notice.state, notice.reason = MessageState.FAILED, reason[:255]
        case Unknown(reason):
            notice.state, notice.reason = MessageState.UNCERTAIN, reason[:255]
    if notice.state in (MessageState.FAILED, MessageState.UNCERTAIN):
        log.warning("notice_not_sent", notice_id=str(notice.id), state=notice.state, reason=notice.reason)
