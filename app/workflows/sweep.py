"""The sweep finds what a lost doorbell missed and rings again: bounded, and safe at any time.

It reads with the sweeper's role, which sees of every supplier what is due and nothing else, and
writes nothing: the jobs look at the rows again themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Connection, ScalarSelect, Select, select

from app.kernel import jobs
from app.kernel.db import NO_SUPPLIER, db
from app.kernel.jobs import Bell
from app.models.capture import Inquiry
from app.models.choices import EnrollmentStatus, InquiryState, MessageState
from app.models.leads import Lead
from app.models.messaging import Message
from app.models.nurture import Enrollment

BATCH = 500
"""The most rows of one kind in one sweep, and the most bells that may wait in a queue."""

Due = Callable[[datetime], Select[UUID, UUID]]


@dataclass(frozen=True)
class Kind:
    """One kind of thing that may be due: which rows, and the job that takes them."""

    name: str
    job: str
    queue: str
    due: Due


def _steps(now: datetime) -> Select[UUID, UUID]:
    due = (Enrollment.status == EnrollmentStatus.ACTIVE, Enrollment.next_execution_at <= now)
    return select(Enrollment.supplier_id, Enrollment.id).where(*due).order_by(Enrollment.next_execution_at)


def _messages(now: datetime) -> Select[UUID, UUID]:
    due = (Message.state == MessageState.DUE, Message.due_at <= now)
    return select(Message.supplier_id, Message.id).where(*due).order_by(Message.due_at)


def _leases(now: datetime) -> Select[UUID, UUID]:
    expired = (Message.state == MessageState.SENDING, Message.lease_until <= now)
    return select(Message.supplier_id, Message.id).where(*expired).order_by(Message.lease_until)


def _inquiries(now: datetime) -> Select[UUID, UUID]:
    waiting = (Inquiry.state == InquiryState.RECEIVED, Inquiry.retry_at <= now)
    return select(Inquiry.supplier_id, Inquiry.id).where(*waiting).order_by(Inquiry.retry_at)


def _stale_scores(_now: datetime) -> Select[UUID, UUID]:
    return select(Lead.supplier_id, Lead.id).where(Lead.score_stale)


KINDS = (
    Kind("inquiries", "workers.jobs.inquiries.capture", "default", _inquiries),
    Kind("steps", "workers.jobs.steps.run_step", "default", _steps),
    Kind("messages", "workers.jobs.messages.deliver", "default", _messages),
    Kind("leases", "workers.jobs.messages.deliver", "default", _leases),
    Kind("stale_scores", "workers.jobs.scores.rescore", "default", _stale_scores),
)


@dataclass
class Round:
    """The hourly round for the nightly scores: how far this process has rung, in the order of the ids.

    The job decides whether the supplier's day is due, so a second round, of another process or after
    a restart, changes nothing.
    """

    hour: datetime | None = None
    last: UUID = NO_SUPPLIER

    def next(self, connection: Connection, now: datetime, most: int) -> list[UUID]:
        """The next suppliers of this hour's round, at most that many; none when it is through."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour != self.hour:
            self.hour, self.last = hour, NO_SUPPLIER
        found = list(connection.scalars(_suppliers(self.last).limit(most)))
        self.last = found[-1] if found else self.last
        return found


NIGHTLY = Round()


def _suppliers(last: UUID) -> Select[UUID]:
    """Suppliers with leads after `last`, by hops along the index: a probe for each, however many leads."""

    def after(one: Any) -> ScalarSelect[UUID]:
        beyond = select(Lead.supplier_id).where(Lead.supplier_id > one)
        return beyond.order_by(Lead.supplier_id).limit(1).scalar_subquery()

    walk = select(after(last).label("id")).cte("walk", recursive=True)
    walk = walk.union_all(select(after(walk.c.id)).where(walk.c.id.is_not(None)))
    return select(walk.c.id).where(walk.c.id.is_not(None))


def sweep(now: datetime) -> dict[str, int]:
    """Ring for everything that is due at `now`, oldest first; how many of each kind were rung.

    Raises what SQLAlchemy and Redis raise when one of them is away.
    """
    with db.engines["sweeper"].connect() as connection:
        rung = {kind.name: _ring(connection, kind, now) for kind in KINDS}
        return rung | {"nights": _ring_nights(connection, now)}


def _room(queue: str) -> int:
    """How many bells the queue has room for, so that a stopped worker fills no memory."""
    return max(0, BATCH - jobs.queue(queue, current_app.config["REDIS_URL"]).count)


def _ring(connection: Connection, kind: Kind, now: datetime) -> int:
    room = _room(kind.queue)
    if not room:
        return 0
    rows = connection.execute(kind.due(now).limit(room)).all()
    jobs.send([Bell(kind.job, kind.queue, (str(supplier), str(row))) for supplier, row in rows])
    return len(rows)


def _ring_nights(connection: Connection, now: datetime) -> int:
    room = _room("default")
    suppliers = NIGHTLY.next(connection, now, room) if room else []
    jobs.send([Bell("workers.jobs.scores.rescore_supplier", "default", (str(one),)) for one in suppliers])
    return len(suppliers)
