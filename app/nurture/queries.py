"""Reads of sequences for the pages and the APIs."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.kernel.numbered import Choice, Numbered, Place, numbered
from app.models.choices import EnrollmentStatus
from app.models.nurture import Enrollment, NurtureSequence
from app.nurture.authoring.schemas import MOST_SEQUENCES


def active_sequences(session: Session) -> list[NurtureSequence]:
    """The sequences that take leads in, by name, for choosing one; at most 200."""
    taking = select(NurtureSequence).where(NurtureSequence.is_active, NurtureSequence.published_version > 0)
    by_name = taking.order_by(func.lower(NurtureSequence.sequence_name), NurtureSequence.id)
    return list(session.scalars(by_name.limit(MOST_SEQUENCES)))


@dataclass(frozen=True)
class Overview:
    """All sequences, by name. The rate is a mean over those that a lead has been through, in per cent."""

    sequences: list[NurtureSequence]
    active_enrollments: int
    average_completion_rate: Decimal | None

    @property
    def total_sequences(self) -> int:
        return len(self.sequences)


def overview(session: Session) -> Overview:
    """The sequences of the supplier, at most 200; two statements."""
    by_name = select(NurtureSequence).order_by(func.lower(NurtureSequence.sequence_name), NurtureSequence.id)
    rows = list(session.scalars(by_name.limit(MOST_SEQUENCES)))
    active = select(func.count()).where(Enrollment.status == EnrollmentStatus.ACTIVE)
    rates = [row.completion_rate for row in rows if row.ended_enrollments]
    mean = round(sum(rates, Decimal(0)) / len(rates), 2) if rates else None
    return Overview(rows, session.execute(active).scalar_one(), mean)


def enrollments_of(
    session: Session, sequence_id: UUID, place: Place, status: EnrollmentStatus | None = None
) -> Numbered[Enrollment]:
    """A page of those who are or were in the sequence, the newest first, with their steps."""
    chosen = [Enrollment.sequence_id == sequence_id]
    if status:
        chosen.append(Enrollment.status == status)
    return _page(session, chosen, place)


def enrollments_of_lead(session: Session, lead_id: UUID, place: Place) -> Numbered[Enrollment]:
    """A page of the sequences that the lead is or was in, the newest first."""
    return _page(session, [Enrollment.lead_id == lead_id], place)


def _page(session: Session, chosen: Sequence[ColumnElement[bool]], place: Place) -> Numbered[Enrollment]:
    newest = (Enrollment.enrollment_date.desc(), Enrollment.id.desc())
    return numbered(session, Choice(Enrollment, chosen, newest), place)
