"""Reads of sequences for the pages."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.nurture import NurtureSequence

MOST_SEQUENCES = 100


def active_sequences(session: Session) -> list[NurtureSequence]:
    """The sequences that take leads in, by name, for choosing one; at most 100."""
    by_name = (
        select(NurtureSequence)
        .where(NurtureSequence.is_active, NurtureSequence.published_version > 0)
        .order_by(func.lower(NurtureSequence.sequence_name), NurtureSequence.id)
    )
    return list(session.scalars(by_name.limit(MOST_SEQUENCES)))
