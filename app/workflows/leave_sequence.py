"""A batch of leads leaves a sequence, and is scored.

A building block of `end_enrollments` and `go_on_ending`, inside their unit of work.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.models.nurture import NurtureSequence
from app.nurture.authoring.ending import end_batch
from app.workflows.follow_leads import follow_leads


def leave_sequence(session: Session, row: NurtureSequence, now: datetime, *, most: int) -> int:
    """How many left, at most that many."""
    leads = end_batch(session, row, now, most=most)
    if leads:
        follow_leads(session, leads, now)
    return len(leads)
