"""Reads of bookings and payments."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.errors import NotFound
from app.models.conversions import Conversion, ConversionCredit

MOST = 50


def conversion(session: Session, conversion_id: UUID) -> Conversion:
    """One milestone; NotFound."""
    found = session.scalar(select(Conversion).where(Conversion.id == conversion_id))
    if found is None:
        raise NotFound("conversion")
    return found


def of_lead(session: Session, lead_id: UUID) -> list[Conversion]:
    """The lead's milestones, cancelled ones too, newest first; at most 50."""
    newest = (Conversion.conversion_date.desc(), Conversion.id.desc())
    return list(
        session.scalars(select(Conversion).where(Conversion.lead_id == lead_id).order_by(*newest).limit(MOST))
    )


def credits_of_lead(session: Session, lead_id: UUID) -> dict[UUID, list[ConversionCredit]]:
    """Which sources earned each of its milestones, under the model that milestone goes by."""
    statement = (
        select(ConversionCredit)
        .join(Conversion, Conversion.id == ConversionCredit.conversion_id)
        .where(Conversion.lead_id == lead_id, ConversionCredit.model == Conversion.attribution_model)
        .order_by(ConversionCredit.amount.desc(), ConversionCredit.id)
        .limit(MOST * 20)
    )
    found: dict[UUID, list[ConversionCredit]] = defaultdict(list)
    for credit in session.scalars(statement):
        found[credit.conversion_id].append(credit)
    return dict(found)
