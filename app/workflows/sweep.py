"""The sweep finds what a lost doorbell missed and rings again: bounded, and safe at any time.

It reads with the sweeper's role, which sees of every supplier what is due and nothing else, and
writes nothing: the jobs look at the rows again themselves.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    any_,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from app.kernel import jobs
from app.kernel.db import NO_SUPPLIER, db
from app.kernel.errors import InvalidInput
from app.kernel.hops import distinct
from app.kernel.jobs import Bell
from app.models.accounts import Supplier
from app.models.capture import Inquiry
from app.models.choices import InquiryState, MessageState
from app.models.leads import Lead
from app.models.messaging import Message, SenderDomain
from app.models.notices import Notice
from app.models.nurture import Enrollment
from app.models.score_facts import QUEUE, RUN
from app.models.scoring import Rescore
from app.settings import Settings
from app.workflows.send_digests import is_morning

BATCH = 500
"""The most rows of one kind in one sweep, and the most bells that may wait in a queue."""

PROBE = 2_000
"""Rows that are looked at for whose they are, before each supplier is asked instead."""

Due = Callable[[datetime], Select[UUID, UUID]]


@dataclass(frozen=True)
class Kind:
    """One kind of thing that may be due: which rows, and the job that takes them."""

    name: str
    job: str
    queue: str
    due: Due
    most: int = BATCH
    """Bells at once: few where each may take seconds, so that others in the queue do not wait for long."""


@dataclass
class Turns:
    """A kind of which one supplier may have very many due: each supplier that has some is rung for once, and
    its job gives way to the others' after a while, so that nobody's single one waits behind them."""

    name: str
    job: str
    supplier_id: InstrumentedAttribute[UUID]
    due_at: InstrumentedAttribute[Any]
    waiting: ColumnElement[bool]
    """Which rows wait for their time: the predicate of the two indexes that are read here."""
    last: UUID = NO_SUPPLIER
    """How far the hops have come in this process, so that nobody is always behind the others."""

    def suppliers(self, connection: Connection, now: datetime, most: int) -> list[UUID]:
        """Who has something due, the longest due first as far as `PROBE` rows tell, else by id.

        None due costs one look at an index, however many wait. With more than `PROBE` due, suppliers are
        found by hops along the other index, so that one with very many hides nobody.
        """
        due = (self.waiting, self.due_at <= now)
        oldest = select(self.supplier_id).where(*due).order_by(self.due_at).limit(PROBE)
        seen = list(connection.scalars(oldest))
        if len(seen) < PROBE:
            return list(dict.fromkeys(seen))[:most]
        found = list(connection.scalars(distinct(self.supplier_id, self.last, *due).limit(most)))
        self.last = found[-1] if len(found) == most else NO_SUPPLIER
        return found


def _leases(now: datetime) -> Select[UUID, UUID]:
    expired = (Message.state == MessageState.SENDING, Message.lease_until <= now)
    return select(Message.supplier_id, Message.id).where(*expired).order_by(Message.lease_until)


def _inquiries(now: datetime) -> Select[UUID, UUID]:
    waiting = (Inquiry.state == InquiryState.RECEIVED, Inquiry.retry_at <= now)
    return select(Inquiry.supplier_id, Inquiry.id).where(*waiting).order_by(Inquiry.retry_at)


def _stale_scores(now: datetime) -> Select[UUID, UUID]:
    """A score that failed again waits behind those that have waited longer."""
    due = or_(Lead.score_retry_at.is_(None), Lead.score_retry_at <= now)
    waiting = select(Lead.supplier_id, Lead.id).where(Lead.score_stale, due)
    return waiting.order_by(Lead.score_retry_at.nulls_first())


def _rescores(now: datetime) -> Select[UUID, UUID]:
    due = (Rescore.finished_at.is_(None), Rescore.due_at <= now)
    return select(Rescore.supplier_id, Rescore.id).where(*due).order_by(Rescore.due_at)


def _notices(now: datetime) -> Select[UUID, UUID]:
    due = (Notice.state == MessageState.DUE, Notice.due_at <= now)
    return select(Notice.supplier_id, Notice.id).where(*due).order_by(Notice.due_at)


def _notice_leases(now: datetime) -> Select[UUID, UUID]:
    expired = (Notice.state == MessageState.SENDING, Notice.lease_until <= now)
    return select(Notice.supplier_id, Notice.id).where(*expired).order_by(Notice.lease_until)


def _domains(now: datetime) -> Select[UUID, UUID]:
    due = SenderDomain.look_at <= now
    return select(SenderDomain.supplier_id, SenderDomain.id).where(due).order_by(SenderDomain.look_at)


KINDS = (
    Kind("inquiries", "workers.jobs.inquiries.capture", "default", _inquiries),
    Kind("leases", "workers.jobs.messages.deliver", "default", _leases),
    Kind("notices", "workers.jobs.notices.tell", "default", _notices),
    Kind("notice_leases", "workers.jobs.notices.tell", "default", _notice_leases),
    Kind("rescores", RUN, QUEUE, _rescores),
    Kind("domains", "workers.jobs.domains.look", QUEUE, _domains, most=20),
    Kind("stale_scores", "workers.jobs.scores.rescore", QUEUE, _stale_scores),
)
_MARKED = Lead.evaluate_at.is_not(None)
TURNS = (
    Turns(
        "steps",
        "workers.jobs.steps.run_steps",
        Enrollment.supplier_id,
        Enrollment.next_execution_at,
        Enrollment.status == literal_column("'active'"),
    ),
    Turns(
        "messages",
        "workers.jobs.messages.deliver_due",
        Message.supplier_id,
        Message.due_at,
        Message.state == literal_column("'due'"),
    ),
    Turns("evaluations", "workers.jobs.steps.evaluate", Lead.supplier_id, Lead.evaluate_at, _MARKED),
)


@dataclass
class Round:
    """A round over the suppliers, of this process: how far it has rung, in the order of the ids.

    The jobs decide whether the supplier's time has come, so a second round, of another process or after
    a restart, changes nothing.
    """

    every: timedelta = timedelta(hours=1)
    began: datetime | None = None
    last: UUID = NO_SUPPLIER
    is_through: bool = False

    def next(self, connection: Connection, now: datetime, most: int) -> list[UUID]:
        """The next suppliers of the present round, at most that many; none when it is through."""
        began = now - (now - EPOCH) % self.every
        if began != self.began:
            self.began, self.last, self.is_through = began, NO_SUPPLIER, False
        if self.is_through:
            return []
        found = list(connection.scalars(self.after(connection, now).limit(most)))
        self.last = found[-1] if found else self.last
        self.is_through = len(found) < most
        return found

    def after(self, connection: Connection, now: datetime) -> Select[UUID]:
        """Suppliers with leads after `last`."""
        return distinct(Lead.supplier_id, self.last)


@dataclass
class Minute:
    """The minute in which this process last rang."""

    last: datetime | None = None

    def begins(self, now: datetime) -> bool:
        before, self.last = self.last, now.replace(second=0, microsecond=0)
        return before != self.last


class MorningRound(Round):
    """Only the suppliers where it is morning: every zone's hour begins at a quarter of ours."""

    def after(self, connection: Connection, now: datetime) -> Select[UUID]:
        zones = connection.scalars(select(Supplier.timezone).distinct())
        mornings = [name for name in zones if _is_morning(now, name)]
        there = Supplier.timezone == any_(literal(mornings, ARRAY(Text())))
        return select(Supplier.id).where(Supplier.id > self.last, there).order_by(Supplier.id)


def _is_morning(now: datetime, timezone: str) -> bool:
    """One supplier's zone that this machine does not know must not stop the others' mail."""
    try:
        return is_morning(now, timezone)
    except InvalidInput:
        return False


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NIGHTLY = Round()
HOURLY = (
    "workers.jobs.scores.rescore_supplier",
    "workers.jobs.leads.assign_waiting",
    "workers.jobs.steps.begin_day",
)
MORNINGS = MorningRound(timedelta(minutes=15))
MAILBOX = Minute()


def sweep(now: datetime) -> dict[str, int]:
    """Ring for everything that is due at `now`, oldest first; how many of each kind were rung.

    Raises what SQLAlchemy and Redis raise when one of them is away.
    """
    with db.engines["sweeper"].connect() as connection:
        ring = _Ringing(connection, now)
        rung = {kind.name: ring.kind(kind) for kind in KINDS[:1]}
        rung |= {turns.name: ring.turns(turns) for turns in TURNS}
        rung |= {kind.name: ring.kind(kind) for kind in KINDS[1:]}
        nights = ring.round(NIGHTLY, HOURLY)
        mornings = ring.round(MORNINGS, ("workers.jobs.leads.send_digests",))
        return rung | {"nights": nights, "mornings": mornings, "mailbox": _ring_mailbox(now)}


@dataclass
class _Ringing:
    """One sweep; each of its acts tells how many rows or suppliers it rang for."""

    connection: Connection
    now: datetime
    rooms: dict[str, int] = field(default_factory=dict)

    def kind(self, kind: Kind) -> int:
        room = min(self._room(kind.queue), kind.most)
        rows = self.connection.execute(kind.due(self.now).limit(room)).all() if room else []
        self._send(Bell(kind.job, kind.queue, (str(supplier), str(row))) for supplier, row in rows)
        return len(rows)

    def turns(self, turns: Turns) -> int:
        room = self._room("default")
        suppliers = turns.suppliers(self.connection, self.now, room) if room else []
        self._send(Bell(turns.job, "default", (str(one),)) for one in suppliers)
        return len(suppliers)

    def round(self, round_: Round, names: tuple[str, ...]) -> int:
        """Ring each of those jobs for the next suppliers of the round, behind all that somebody waits for."""
        room = self._room(QUEUE) // len(names)
        suppliers = round_.next(self.connection, self.now, room) if room else []
        self._send(Bell(name, QUEUE, (str(one),)) for one in suppliers for name in names)
        return len(suppliers)

    def _room(self, queue: str) -> int:
        """How many bells the queue has room for, so that a stopped worker fills no memory; asked for again
        after something was sent."""
        if queue not in self.rooms:
            waiting = jobs.queue(queue, current_app.config["REDIS_URL"]).count
            self.rooms[queue] = max(0, BATCH - waiting)
        return self.rooms[queue]

    def _send(self, bells: Iterable[Bell]) -> None:
        if listed := list(bells):
            self.rooms = {}
            jobs.send(listed)


def _ring_mailbox(now: datetime) -> int:
    """Once a minute somebody looks into the mailbox, if there is one."""
    settings: Settings = current_app.extensions["settings"]
    if settings.imap_url is None or not MAILBOX.begins(now):
        return 0
    jobs.send([Bell("workers.jobs.mailbox.read_mailbox", "default", ())])
    return 1
