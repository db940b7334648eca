"""What comes back about a message: opened, clicked, delivered, replied, bounced, complained, unsubscribed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kernel.signing import from_token, to_token
from app.messaging.agents import AT_ONCE, Judgement, Moment, Visit, judge
from app.models.choices import MessageEventType
from app.models.messaging import Message, MessageEvent

LATE = "workers.jobs.signals.record_visit"
"""The job that writes down a visit which could not be at once: its ids are supplier, message and `pack`."""
MOST_VISITS = 500
"""Of one message are written down; more say nothing new."""
_VISITS = (MessageEventType.OPENED, MessageEventType.CLICKED)
_AGENT_LENGTH = 200


@dataclass(frozen=True)
class Signal:
    """One report about one message. `at` is an instant, UTC; `key` the name that who reports gives the event,
    so that it counts once however often it is told."""

    kind: MessageEventType
    at: datetime
    key: str | None = None
    visit: Visit | None = None
    """Of our pixel or link; it decides whether a person did it."""
    link: int | None = None
    """The number of the link that was followed."""
    is_automatic: bool = False
    """Of a reply: a program wrote it, such as an out-of-office (RFC 3834)."""
    is_permanent: bool = False
    """Of a bounce: the address will never work (RFC 3463, class 5)."""
    subject: str | None = None
    text: str | None = None
    """What the couple wrote, in a reply."""
    entry_id: UUID | None = None
    """The id that the entry of a reply is to have on the timeline."""
    source: str = "report of the provider"
    """Through what a couple unsubscribed or complained, as the consent ledger says it."""
    details: Mapping[str, Any] = field(default_factory=dict)


def pack(signal: Signal) -> str:
    """A visit as one of a job's ids."""
    assert signal.visit
    seen = [signal.visit.method, signal.visit.agent[:_AGENT_LENGTH], signal.visit.is_ahead]
    told = [signal.kind, signal.at.isoformat(), signal.link, *seen]
    return to_token(json.dumps(told).encode())


def unpack(packed: str) -> Signal:
    """The visit of such an id."""
    kind, at, link, *seen = json.loads(from_token(packed))
    return Signal(MessageEventType(kind), datetime.fromisoformat(at), visit=Visit(*seen), link=link)


@dataclass(frozen=True)
class Noted:
    """The signal is written down. `is_human` is None where nobody asks; `is_burst`: several links were
    followed within a second, this one among them."""

    is_human: bool | None = None
    is_burst: bool = False


def note(session: Session, message: Message, signal: Signal) -> Noted | None:
    """Write the event of a locked message down; None when it is known, or one visit too many."""
    judged, is_burst = None, False
    if signal.visit:
        visits = _visits(session, message)
        if len(visits) >= MOST_VISITS:
            return None
        is_burst = signal.link is not None and any(_is_near(one, signal) for one in visits)
        since = signal.at - message.accepted_at if message.accepted_at else None
        judged = judge(signal.visit, Moment(since, is_burst))
    is_human = judged.is_human if judged else _written_by_human(signal)
    statement = insert(MessageEvent).values(
        supplier_id=message.supplier_id,
        message_id=message.id,
        event_type=signal.kind,
        occurred_at=signal.at,
        is_human=is_human,
        event_key=_key(signal, judged),
        details={**signal.details, **_seen(signal, judged)},
    )
    if session.scalar(statement.on_conflict_do_nothing().returning(MessageEvent.id)) is None:
        return None
    return Noted(is_human, is_burst)


def _written_by_human(signal: Signal) -> bool | None:
    return not signal.is_automatic if signal.kind is MessageEventType.REPLIED else None


def _visits(session: Session, message: Message) -> list[tuple[datetime, int | None]]:
    """The latest: when, and of which link (None: of the pixel)."""
    its = (MessageEvent.message_id == message.id, MessageEvent.event_type.in_(_VISITS))
    link = MessageEvent.details["link"].as_integer()
    found = select(MessageEvent.occurred_at, link).where(*its).order_by(MessageEvent.occurred_at.desc())
    return [(at, number) for at, number in session.execute(found.limit(MOST_VISITS))]


def _is_near(visit: tuple[datetime, int | None], signal: Signal) -> bool:
    """Is that another link, followed at the same time?"""
    at, link = visit
    return link is not None and link != signal.link and abs(signal.at - at) <= AT_ONCE


def _key(signal: Signal, judged: Judgement | None) -> str | None:
    """A visit of one kind counts once a second: a browser may ask twice for what a person wants once."""
    if judged is None or signal.key:
        return signal.key[:255] if signal.key else None
    return f"{signal.kind}:{signal.link}:{judged.reason}:{int(signal.at.timestamp())}"


def _seen(signal: Signal, judged: Judgement | None) -> dict[str, Any]:
    if signal.visit is None or judged is None:
        return {"permanent": signal.is_permanent} if signal.kind is MessageEventType.BOUNCED else {}
    seen = {"reason": judged.reason, "agent": signal.visit.agent[:_AGENT_LENGTH]}
    return seen if signal.link is None else {**seen, "link": signal.link}
