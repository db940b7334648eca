"""Reads of sequences for the pages."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.nurture import NurtureSequence

MOST = 100


def active_sequences(session: Session) -> list[NurtureSequence]:
    """Those that take leads in, by name; at most 100."""
    by_name = select(NurtureSequence).where(NurtureSequence.is_active).order_by(NurtureSequence.sequence_name)
    return list(session.scalars(by_name.limit(MOST)))
