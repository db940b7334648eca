"""One person's act on one enrollment, which is locked behind its lead.

A building block of `pause_enrollment`, `resume_enrollment`, `skip_step`, `send_step_now`, `end_enrollment`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel import clock
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict, NotFound
from app.kernel.uow import unit_of_work
from app.models.choices import MessageState
from app.models.messaging import Message
from app.models.nurture import Enrollment
from app.nurture.claims import Place, live
from app.workflows.follow_leads import follow_leads
from app.workflows.take_steps import ready


class Act(NamedTuple):
    session: Session
    place: Place
    now: datetime


@contextmanager
def at_enrollment(actor: Actor, enrollment_id: UUID) -> Iterator[Act]:
    """One transaction on a live enrollment; afterwards its lead is scored. NotPermitted; NotFound; Conflict
    when it has ended."""
    actor.require(Permission.WRITE_LEADS)
    now = clock.now()
    with unit_of_work(actor.supplier_id) as session:
        channels = ready(session, actor.supplier_id, current_app.extensions["settings"])
        place = live(session, enrollment_id, now, channels)
        if place is None:
            _explain(session, enrollment_id)
        else:
            yield Act(session, place, now)
            follow_leads(session, [place.lead], now)


def _explain(session: Session, enrollment_id: UUID) -> None:
    ended = session.scalar(select(Enrollment.end_reason).where(Enrollment.id == enrollment_id))
    if ended is None:
        raise NotFound("enrollment")
    raise Conflict(
        f"The lead has left this sequence already ({spelled(ended)}); enroll it again if it should be in it."
    )


def spelled(code: str) -> str:
    """A reason's code in words."""
    return code.replace("_", " ")


def check_step(place: Place, step_id: UUID | None) -> None:
    """Conflict unless the enrollment stands at that step, if one is named; it may have moved on."""
    if step_id and place.enrollment.current_step_id != step_id:
        raise Conflict("The lead is at another step of this sequence by now; look again.")


def waiting_message(session: Session, place: Place) -> Message | None:
    """The message of the present step if it is written and has not left, locked. Conflict when it is leaving
    right now, or nobody knows whether it left."""
    if place.enrollment.next_execution_at is not None:
        return None
    its = (
        Message.enrollment_id == place.enrollment.id,
        Message.sequence_step_id == place.enrollment.current_step_id,
    )
    found = session.scalars(select(Message).where(*its).with_for_update()).first()
    if found and found.state is MessageState.SENDING:
        raise Conflict("Its message is leaving this very moment.")
    if found and found.state is MessageState.UNCERTAIN:
        raise Conflict("Nobody knows whether its message left; say in the outbox what became of it first.")
    return found if found and found.state in (MessageState.DUE, MessageState.HELD) else None
