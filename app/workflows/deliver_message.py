"""One message leaves, or the reason why it does not is written down.

    1. claim: lock lead and message, ask the gate, mark it `sending` with a lease; commit;
    2. call the provider, with no transaction open;
    3. record the answer, and move the enrollment on that waits for it; commit.

May run twice, at once, late or never. Killed between 1 and 3, the lease runs out and the message is
`uncertain`: it is shown to a person and not sent again by itself.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from app.kernel import clock
from app.kernel.uow import reading, unit_of_work
from app.messaging.claims import Claimed, Post, claim, lock, put_off, record
from app.messaging.pace import Pace
from app.messaging.transports import Result
from app.messaging.transports.chosen import transport
from app.models.choices import Channel
from app.models.leads import Lead
from app.models.messaging import Message
from app.settings import Settings
from app.workflows.conclude_message import conclude_message
from app.workflows.write_down import write_down

log = structlog.get_logger(__name__)


def deliver_message(supplier_id: UUID, message_id: UUID) -> None:
    """Send the message if it is due and may leave; settle it if nobody came back for it.

    One that cannot even be put together is tried again later, like one that a server put off.
    """
    channel = _channel(supplier_id, message_id)
    if channel is None:
        return
    post = post_for(supplier_id, channel)
    if post.pace.is_resting():
        return  # it stays due, and the sweep finds it
    try:
        claimed = _claim(supplier_id, message_id, post)
    except (OperationalError, InterfaceError, PoolTimeout):
        raise  # the database is away or busy: the message stays due and the sweep finds it
    except Exception as error:
        log.exception("claim_failed", supplier_id=str(supplier_id), message_id=str(message_id))
        _put_off(supplier_id, message_id, f"{type(error).__name__}: {error}")
        return
    if claimed is None or post.transport is None:
        return
    began = time.monotonic()
    result = post.transport.send(claimed.envelope)
    post.pace.took(time.monotonic() - began)
    attempt = claimed.attempt
    write_down(str(message_id), lambda: _record(supplier_id, message_id, attempt, result))


def post_for(supplier_id: UUID, channel: Channel) -> Post:
    """The operator's side of sending on that channel, at the supplier's pace."""
    settings: Settings = current_app.extensions["settings"]
    lease = timedelta(seconds=settings.message_lease)
    pace = Pace(settings, current_app.config["REDIS_URL"], supplier_id, channel)
    return Post(transport(settings, channel), settings.mail_from, lease, pace)


def _channel(supplier_id: UUID, message_id: UUID) -> Channel | None:
    with reading(supplier_id) as session:
        return session.scalar(select(Message.channel).where(Message.id == message_id))


def _claim(supplier_id: UUID, message_id: UUID, post: Post) -> Claimed | None:
    with _held(supplier_id, message_id) as held:
        return claim(held.session, held.lead, held.message, post, held.now) if held else None


def _put_off(supplier_id: UUID, message_id: UUID, problem: str) -> None:
    with _held(supplier_id, message_id) as held:
        if held:
            put_off(held.session, held.message, problem, held.now)


def _record(supplier_id: UUID, message_id: UUID, attempt: int, result: Result) -> None:
    with _held(supplier_id, message_id) as held:
        if held:
            record(held.session, held.message, attempt, result, held.now)


class Held(NamedTuple):
    """A message and its lead, locked."""

    session: Session
    lead: Lead
    message: Message
    now: datetime


@contextmanager
def _held(supplier_id: UUID, message_id: UUID) -> Iterator[Held | None]:
    """One transaction on the message, which ends with what follows from it; None when there is no message."""
    now = clock.now()
    with unit_of_work(supplier_id) as session:
        locked = lock(session, message_id)
        if locked is None:
            yield None
            return
        lead, message = locked
        before = message.state
        yield Held(session, lead, message, now)
        conclude_message(session, lead, message, before, now)
