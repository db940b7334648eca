"""One supplier's due messages leave, one after the other over one connection.

    1. claim: lock the next due message and its lead, ask the gate, mark it `sending` with a lease; commit;
    2. call the provider, with no transaction open;
    3. record the answer, move on the enrollment that waits for it, and claim the next one; commit.

Recording one and claiming the next is one transaction, so that never more than one message of a worker is
under way: whoever kills it leaves one message behind that nobody knows about. What somebody else is at is
skipped. After `SLICE`, or when the provider stalls, the rest waits behind the other suppliers' messages.
"""

import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from app.kernel import clock, jobs
from app.kernel.uow import unit_of_work
from app.messaging.claims import Claimed, claim, lock, next_due, record
from app.messaging.transports import Result
from app.models.accounts import Supplier
from app.models.choices import Channel, MessageState
from app.workflows.conclude_message import conclude_message
from app.workflows.deliver_message import deliver_message, post_for
from app.workflows.write_down import write_down

log = structlog.get_logger(__name__)

SLICE = timedelta(seconds=5)
"""How long one supplier's messages go out before others have their turn."""
JOB = "workers.jobs.messages.deliver_due"


class Turn(Enum):
    """What a transaction that claimed nothing found."""

    AGAIN = "again"
    """A message that did not leave was written down; there may be another."""
    OVER = "over"
    """Nothing is due, or nothing may leave now."""


@dataclass(frozen=True)
class Answer:
    """What a provider said and is not written down yet."""

    message_id: UUID
    attempt: int
    result: Result


def deliver_messages(supplier_id: UUID) -> None:
    """Send what is due on every channel until nothing is left that may leave now, or the slice is over."""
    ends = time.monotonic() + SLICE.total_seconds()
    unfinished = [_Run(supplier_id, channel).until(ends) for channel in Channel]
    if any(unfinished):
        with unit_of_work(supplier_id):
            jobs.ring(JOB, supplier_id)


class _Run:
    """One supplier's messages of one channel."""

    def __init__(self, supplier_id: UUID, channel: Channel) -> None:
        self.supplier_id, self.channel = supplier_id, channel
        self.post = post_for(supplier_id, channel)

    def until(self, ends: float) -> bool:
        """Send until nothing may leave, or until then (`time.monotonic`); is there more to send at once?
        Without a transport none is claimed, and each is told so."""
        if self.post.pace.is_resting():
            return False
        answer: Answer | None = None
        with ExitStack() as opened:
            line = None
            while True:
                found = self._turn(answer)
                answer = None
                if found is Turn.OVER:
                    return False
                stalls = False
                if isinstance(found, Claimed):
                    assert self.post.transport, "without one nothing is claimed"
                    line = line or opened.enter_context(self.post.transport.open())
                    began = time.monotonic()
                    answer = Answer(found.message_id, found.attempt, line.send(found.envelope))
                    stalls = self.post.pace.took(time.monotonic() - began)
                if stalls or time.monotonic() >= ends:
                    self._write(answer)
                    return not stalls

    def _turn(self, answer: Answer | None) -> Claimed | Turn:
        """Write the answer down and claim the next message. An answer survives whatever is wrong with the
        next one, which is then put off alone."""
        at: list[UUID] = []
        try:
            return write_down(str(answer and answer.message_id), lambda: self._transact(answer, at))
        except (OperationalError, InterfaceError, PoolTimeout):
            raise  # the database is away or busy: what is due stays due and the sweep finds it
        except Exception:
            log.exception(
                "claim_failed", supplier_id=str(self.supplier_id), messages=[str(one) for one in at]
            )
        self._write(answer)
        if not at or self.post.pace.is_resting():
            return Turn.OVER
        deliver_message(self.supplier_id, at[-1])
        return Turn.AGAIN

    def _transact(self, answer: Answer | None, at: list[UUID]) -> Claimed | Turn:
        """`at` gets the message that is being claimed."""
        now = clock.now()
        with unit_of_work(self.supplier_id) as session:
            _supplier = session.get_one(Supplier, self.supplier_id)  # kept here, it is read only once
            if answer:
                self._record(session, answer, now)
            return self._claim_next(session, now, at, sends_only=answer is not None)

    def _claim_next(
        self, session: Session, now: datetime, at: list[UUID], *, sends_only: bool
    ) -> Claimed | Turn:
        """`sends_only`: what may not leave is left to the next transaction; sequences are locked by now."""
        found = next_due(session, self.channel, now)
        if found is None:
            return Turn.OVER
        lead, message = found
        at.append(message.id)
        before = message.state
        claimed = claim(session, lead, message, self.post, now, sends_only=sends_only)
        conclude_message(session, lead, message, before, now)
        if claimed:
            return claimed
        is_left = message.state is MessageState.DUE and message.due_at <= now
        return Turn.OVER if is_left and not sends_only else Turn.AGAIN

    def _write(self, answer: Answer | None) -> None:
        if answer:
            write_down(str(answer.message_id), lambda: self._record_alone(answer))

    def _record_alone(self, answer: Answer) -> None:
        with unit_of_work(self.supplier_id) as session:
            self._record(session, answer, clock.now())

    def _record(self, session: Session, answer: Answer, now: datetime) -> None:
        locked = lock(session, answer.message_id)
        if locked:
            lead, message = locked
            before = message.state
            record(session, message, answer.attempt, answer.result, now)
            conclude_message(session, lead, message, before, now)
