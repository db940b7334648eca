"""A batch of leads leaves a sequence, and is scored.

A building block of `end_enrollments` and `go_on_ending`, inside their unit of work.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.models.nurture import NurtureSequence
from app.nurture.authoring.ending import end_batch
from app.nurture.progress import Tally
from app.workflows.follow_leads import follow_leads


def leave_sequence(session: Session, row: NurtureSequence, now: datetime, *, most: int) -> int:
    """How many left, at most that many; sequences are told last, as leads share their rows."""
    tally = Tally()
    leads = end_batch(session, row, now, tally, most=most)
    if leads:
        follow_leads(session, leads, now, tally=tally)
    tally.write(session)
    return len(leads)
