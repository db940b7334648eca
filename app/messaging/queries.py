"""Reads of messages: the outbox, and one message with what happened to it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from app.kernel.db import db
from app.kernel.errors import NotFound
from app.kernel.keyset import Cut, Order, Page, fetch
from app.kernel.uow import reading
from app.models.accounts import Supplier
from app.models.choices import MessageState
from app.models.messaging import Message, MessageEvent

_NEWEST = Order("-created_at", Message.created_at, Message.id)


@dataclass(frozen=True)
class Opened:
    """A message and its events in the order they happened."""

    message: Message
    events: list[MessageEvent]


def outbox(session: Session, cut: Cut, *, state: MessageState | None = None) -> Page[tuple[Message]]:
    """A page of the supplier's messages with their leads, newest first, of one state if asked."""
    statement: Select[Message] = select(Message).options(joinedload(Message.lead))
    if state:
        statement = statement.where(Message.state == state)
    return fetch(session, statement, _NEWEST, cut)


def message(session: Session, message_id: UUID) -> Opened:
    """One message with its lead and events; NotFound for an unknown id and for another supplier's."""
    found = session.scalar(select(Message).options(joinedload(Message.lead)).where(Message.id == message_id))
    if found is None:
        raise NotFound("message")
    events = select(MessageEvent).where(MessageEvent.message_id == message_id)
    return Opened(found, list(session.scalars(events.order_by(MessageEvent.occurred_at, MessageEvent.id))))


def undecided(session: Session, now: datetime, most: int) -> list[UUID]:
    """Messages that still wait for a person's yes and that it would not send any more, at most that many."""
    late = (Message.state == MessageState.HELD, Message.not_after < now)
    return list(session.scalars(select(Message.id).where(*late).order_by(Message.created_at).limit(most)))


def supplier_of(message_id: UUID) -> UUID | None:
    """Whose message it is, for a report that names the message alone; by the sweeper's role."""
    with db.engines["sweeper"].connect() as connection:
        return connection.scalar(select(Message.supplier_id).where(Message.id == message_id))


def supplier_at(number: str) -> UUID | None:
    """Who sends text messages from that number (E.164); by the sweeper's role."""
    with db.engines["sweeper"].connect() as connection:
        return connection.scalar(select(Supplier.id).where(Supplier.sms_number == number))


def link(supplier_id: UUID, message_id: UUID, number: int) -> str | None:
    """Where that tracked link of the message leads; None when there is none."""
    with reading(supplier_id) as session:
        wanted = select(Message.links[number + 1]).where(Message.id == message_id)
        return session.scalar(wanted)


def sender_name(supplier_id: UUID) -> str:
    """Who a couple knows as the sender of their messages."""
    with reading(supplier_id) as session:
        supplier = session.get(Supplier, supplier_id)
        if supplier is None:
            raise NotFound("message")
        return supplier.sender_name or supplier.name
