"""Which sources touched a lead before it booked: BEHAVIOUR §6."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.conversions.attribution import Touch
from app.kernel.errors import InvalidInput
from app.models.capture import Touchpoint
from app.models.leads import Lead
from app.models.sources import LeadSource

WINDOW = timedelta(days=365)
UNKNOWN = Touch(None, "unknown")


def touches(session: Session, lead: Lead, at: datetime) -> list[Touch]:
    """The sources of the lead's touchpoints in the year before `at`, oldest first."""
    wanted = (
        select(LeadSource.id, LeadSource.slug)
        .join(Touchpoint, Touchpoint.source_id == LeadSource.id)
        .where(Touchpoint.lead_id == lead.id, Touchpoint.occurred_at.between(at - WINDOW, at))
        .order_by(Touchpoint.occurred_at, Touchpoint.id)
    )
    return [Touch(*row) for row in session.execute(wanted)]


def named(session: Session, lead: Lead, names: Sequence[str]) -> list[Touch]:
    """The sources of these names or slugs; without names the lead's own source, or else `unknown`.

    InvalidInput for a name that is no source.
    """
    if not names:
        own = select(LeadSource.id, LeadSource.slug).where(LeadSource.id == lead.lead_source_id)
        return [Touch(*row) for row in session.execute(own)] or [UNKNOWN]
    found = {touch.source_id: touch for touch in (_source(session, name) for name in names)}
    return list(found.values())


def _source(session: Session, name: str) -> Touch:
    lower = name.strip().lower()
    wanted = select(LeadSource.id, LeadSource.slug).where(
        or_(LeadSource.slug == lower, func.lower(LeadSource.source_name) == lower)
    )
    row = session.execute(wanted).first()
    if row is None:
        raise InvalidInput.of("attributed_sources", "unknown_source", f"'{name}' is not one of your sources.")
    return Touch(*row)
