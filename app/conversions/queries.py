"""Reads of bookings and payments."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.errors import NotFound
from app.models.conversions import Conversion


def conversion(session: Session, conversion_id: UUID) -> Conversion:
    """One milestone; NotFound."""
    found = session.scalar(select(Conversion).where(Conversion.id == conversion_id))
    if found is None:
        raise NotFound("conversion")
    return found
