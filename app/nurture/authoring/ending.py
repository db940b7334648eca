"""Everybody who is under way in a sequence leaves it."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.models.leads import Lead
from app.models.nurture import Enrollment, NurtureSequence
from app.nurture.claims import LIVE, lock_batch
from app.nurture.progress import end

REASON = "sequence_ended"


def under_way(session: Session, row: NurtureSequence) -> int:
    """How many are, paused ones too."""
    return session.scalar(select(func.count()).select_from(Enrollment).where(*_live(row))) or 0


def end_batch(session: Session, row: NurtureSequence, now: datetime, *, most: int) -> list[Lead]:
    """End at most that many, in the order of the leads, which are locked: those that left."""
    locked = lock_batch(session, _live(row), most=most)
    for lead, enrollment in locked:
        end(session, lead, enrollment, REASON, now)
    return [lead for lead, _ in locked]


def _live(row: NurtureSequence) -> tuple[ColumnElement[bool], ...]:
    return Enrollment.sequence_id == row.id, Enrollment.status.in_(LIVE)
