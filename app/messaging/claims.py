"""Claiming a message before it is sent, and recording what came of it.

    1. lock the lead (an opt-out waits for us, or we for it), then the message;
    2. ask the gate; a message that may leave becomes `sending`, one attempt more, with a lease;
    3. the caller commits, calls the provider with no transaction open, and comes back to `record`.

A lease that ran out means that nobody came back: the message is `uncertain` and is not sent again
by itself, unless the transport sends one key only once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from app.messaging.envelope import build
from app.messaging.facts import address_of, read_facts
from app.messaging.gate import Drop, Send, Wait, judge
from app.messaging.links import unsubscribe_url
from app.messaging.pace import Pace
from app.messaging.senders.sender import sender_of
from app.messaging.transports import Accepted, Envelope, Permanent, Result, Temporary, Transport, Unknown
from app.models.accounts import Supplier
from app.models.choices import Channel, MessageEventType, MessageState
from app.models.leads import Lead
from app.models.messaging import Message, MessageEvent

BACK_OFF = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=2), timedelta(hours=20))
"""The waits after temporary failures: five tries within 24 hours."""
AWAITED = (MessageState.SENDING, MessageState.UNCERTAIN, MessageState.DUE)
_ITS_LEAD = (Lead.supplier_id == Message.supplier_id) & (Lead.id == Message.lead_id)
_EVENTS = {
    MessageState.ACCEPTED: MessageEventType.ACCEPTED,
    MessageState.DUE: MessageEventType.DEFERRED,
    MessageState.FAILED: MessageEventType.FAILED,
    MessageState.SKIPPED: MessageEventType.SKIPPED,
    MessageState.UNCERTAIN: MessageEventType.UNCERTAIN,
}


@dataclass(frozen=True)
class Post:
    """The operator's side of sending: the transport, the sender's address, how long a claim holds."""

    transport: Transport | None
    mail_from: str
    lease: timedelta
    pace: Pace


@dataclass(frozen=True)
class Claimed:
    """A message of ours to send now; `attempt` tells our answer from a later attempt's."""

    message_id: UUID
    envelope: Envelope
    attempt: int


def lock(session: Session, message_id: UUID) -> tuple[Lead, Message] | None:
    """The message and its lead, locked, the lead first; None when there is no such message. One that a merge
    took along while its lead was waited for is locked with the lead it hangs on now."""
    both = select(Lead, Message).join(Message, _ITS_LEAD).where(Message.id == message_id)
    locking = both.with_for_update(key_share=True).execution_options(populate_existing=True)
    there = select(Message.id).where(Message.id == message_id)
    while (found := session.execute(locking).first()) is None and session.scalar(there):
        pass
    return (found[0], found[1]) if found else None


def next_due(session: Session, channel: Channel, now: datetime) -> tuple[Lead, Message] | None:
    """The message that has been due longest and its lead, both locked; what somebody is at is left out."""
    found = session.execute(
        select(Lead, Message)
        .join(Message, _ITS_LEAD)
        .where(Message.state == literal_column("'due'"), Message.due_at <= now, Message.channel == channel)
        .order_by(Message.due_at, Message.id)
        .limit(1)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    ).first()
    return (found[0], found[1]) if found else None


def claim(
    session: Session, lead: Lead, message: Message, post: Post, now: datetime, *, sends_only: bool = False
) -> Claimed | None:
    """Claim a locked message that is due and may leave; None after writing down why it does not.

    Nothing is written when the pace does not allow it, or it may not leave and `sends_only` is asked for.
    """
    if message.state is MessageState.SENDING and message.lease_until and message.lease_until <= now:
        _expire(session, message, post, now)
    if message.state is not MessageState.DUE or message.due_at > now:
        return None
    supplier = session.get_one(Supplier, message.supplier_id)
    facts = read_facts(session, supplier, lead, message, now, has_transport=post.transport is not None)
    match judge(facts, now):
        case Drop() | Wait() if sends_only:
            return None
        case Drop(reason):
            _move(session, message, MessageState.SKIPPED, reason, now)
        case Wait(until, reason):
            _defer(session, message, until, reason, now)
        case Send() if post.pace.take():
            message.to_address = address_of(lead, message) or message.to_address  # corrected since, maybe
            return _take(session, supplier, message, post, now)
    return None


def record(session: Session, message: Message, attempt: int, result: Result, now: datetime) -> None:
    """Write down what the provider said. An answer that comes after the lease still counts, also when a
    person has asked to send it again and that has not begun."""
    if message.attempts == attempt and message.state in AWAITED:
        _settle(session, message, result, now)


def put_off(session: Session, message: Message, problem: str, now: datetime) -> None:
    """Count an attempt of a locked, due message that could not be put together."""
    if message.state is MessageState.DUE:
        message.attempts += 1
        _settle(session, message, Temporary(problem), now)


def confirm(session: Session, message: Message, now: datetime, why: str = "confirmed_by_hand") -> None:
    """A person says that a locked, uncertain message arrived, or what came back of it does."""
    message.accepted_at = now
    _move(session, message, MessageState.ACCEPTED, why, now)


def send_again(session: Session, message: Message, user_id: UUID | None, now: datetime) -> None:
    """A person sends a locked, uncertain message again: opt-outs count, what its sequence wants does not."""
    message.due_at, message.sent_by_user_id = now, user_id
    _move(session, message, MessageState.DUE, "asked_for_again", now)


def approve(session: Session, message: Message, user_id: UUID | None, now: datetime) -> None:
    """A person says yes to a locked, held message: it is due."""
    message.state, message.due_at, message.reason = MessageState.DUE, now, None
    _log(session, message, MessageEventType.APPROVED, now, user_id=str(user_id) if user_id else None)


def release(session: Session, message: Message, user_id: UUID | None, now: datetime) -> None:
    """A person sends a locked message, due or held, now: opt-outs count, hours and caps do not."""
    approve(session, message, user_id, now)
    message.sent_by_user_id = user_id


def drop(session: Session, message: Message, reason: str, now: datetime) -> None:
    """A locked message that has not left is not sent."""
    _move(session, message, MessageState.SKIPPED, reason, now)


def _settle(session: Session, message: Message, result: Result, now: datetime) -> None:
    message.lease_until = None
    match result:
        case Accepted(provider_id):
            message.provider_id, message.accepted_at = provider_id, now
            _move(session, message, MessageState.ACCEPTED, None, now)
        case Temporary(reason) if message.attempts <= len(BACK_OFF):
            message.due_at = now + BACK_OFF[message.attempts - 1]
            _move(session, message, MessageState.DUE, reason, now)
        case Temporary(reason) | Permanent(reason):
            _move(session, message, MessageState.FAILED, reason, now)
        case Unknown(reason):
            _move(session, message, MessageState.UNCERTAIN, reason, now)


def _take(session: Session, supplier: Supplier, message: Message, post: Post, now: datetime) -> Claimed:
    message.state = MessageState.SENDING
    message.attempts += 1
    message.lease_until = now + post.lease
    message.transport = post.transport.name if post.transport else None
    _log(session, message, MessageEventType.CLAIMED, now, attempt=message.attempts)
    url = unsubscribe_url(message.supplier_id, message.id)
    sender = sender_of(session, supplier, post.mail_from)
    return Claimed(message.id, build(message, supplier, sender, url, now), message.attempts)


def _expire(session: Session, message: Message, post: Post, now: datetime) -> None:
    """Nobody came back with an answer. A transport that sends a key once may simply be asked again."""
    message.lease_until = None
    if post.transport and post.transport.is_idempotent and post.transport.name == message.transport:
        message.due_at = now
        _move(session, message, MessageState.DUE, "lease_expired", now)
    else:
        _move(session, message, MessageState.UNCERTAIN, "lease_expired", now)


def _defer(session: Session, message: Message, until: datetime, reason: str, now: datetime) -> None:
    """Said once, not every time it is looked at."""
    message.due_at = until
    if message.reason != reason:
        _move(session, message, MessageState.DUE, reason, now)


def _move(session: Session, message: Message, state: MessageState, reason: str | None, now: datetime) -> None:
    message.state, message.reason = state, reason[:255] if reason else None
    _log(session, message, _EVENTS[state], now, **({"reason": reason} if reason else {}))


def _log(
    session: Session, message: Message, kind: MessageEventType, now: datetime, **details: object
) -> None:
    session.add(
        MessageEvent(
            supplier_id=message.supplier_id,
            message_id=message.id,
            event_type=kind,
            occurred_at=now,
            details=details,
        )
    )
