"""Who is or was in a sequence, with their names: for the sequence's page."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.kernel.numbered import Place
from app.models.choices import EnrollmentStatus
from app.models.leads import Lead
from app.models.nurture import Enrollment, SequenceStep
from app.nurture.claims import LIVE


@dataclass(frozen=True)
class Which:
    """Of a sequence's enrollments; None is any. `step_key`: those who stand at that step now."""

    status: EnrollmentStatus | None = None
    end_reason: str | None = None
    step_key: UUID | None = None


@dataclass(frozen=True)
class Entered:
    """An enrollment, its lead, and the name of the step that it stands at, or last stood at."""

    enrollment: Enrollment
    lead: Lead
    step_name: str | None


def entered(session: Session, sequence_id: UUID, which: Which, place: Place) -> tuple[list[Entered], int]:
    """A page of them, the newest first, and the total; two statements."""
    chosen = list(_chosen(sequence_id, which))
    its_lead = (Lead.supplier_id == Enrollment.supplier_id) & (Lead.id == Enrollment.lead_id)
    its_step = (SequenceStep.supplier_id == Enrollment.supplier_id) & (
        SequenceStep.id == Enrollment.current_step_id
    )
    newest = (Enrollment.enrollment_date.desc(), Enrollment.id.desc())
    rows = (
        select(Enrollment, Lead, SequenceStep.step_name)
        .join(Lead, its_lead)
        .outerjoin(SequenceStep, its_step)
        .where(*chosen)
        .order_by(*newest)
        .offset(place.offset)
        .limit(place.limit)
    )
    found = [Entered(*row) for row in session.execute(rows)]
    count = select(func.count()).select_from(Enrollment).where(*chosen)
    return found, session.execute(count).scalar_one()


def under_way(session: Session, sequence_ids: list[UUID]) -> dict[UUID, int]:
    """How many are under way in each of these, those without any left out."""
    live = select(Enrollment.sequence_id, func.count()).where(
        Enrollment.sequence_id.in_(sequence_ids), Enrollment.status.in_(LIVE)
    )
    return {row[0]: row[1] for row in session.execute(live.group_by(Enrollment.sequence_id))}


def _chosen(sequence_id: UUID, which: Which) -> Iterator[ColumnElement[bool]]:
    yield Enrollment.sequence_id == sequence_id
    if which.status:
        yield Enrollment.status == which.status
    if which.end_reason:
        reason = which.end_reason
        without = (Enrollment.end_reason.is_(None)) & (Enrollment.status == reason)
        yield or_(Enrollment.end_reason == reason, without)
    if which.step_key:
        its = select(SequenceStep.id).where(SequenceStep.step_key == which.step_key)
        yield Enrollment.current_step_id.in_(its)
        yield Enrollment.status.in_(LIVE)
