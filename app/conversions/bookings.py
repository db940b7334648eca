"""Bookings of a lead: recorded with what they recognise, and undone."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.conversions.attribution import Credit, credit
from app.conversions.schemas import ConvertLead
from app.conversions.touches import named, touches
from app.kernel.errors import Conflict
from app.kernel.money import quantize
from app.models.choices import AttributionModel, ConversionType, EnrollmentStatus
from app.models.conversions import Conversion, ConversionCredit
from app.models.leads import Lead
from app.models.nurture import Enrollment
from app.models.sources import LeadSource

RECOGNISING = frozenset({ConversionType.BOOKING_CONFIRMED, ConversionType.CONTRACT_SIGNED})
"""The first of these recognises the value; the other, and payments, are milestones of the same booking."""


def live(session: Session, lead_id: UUID) -> list[Conversion]:
    """The lead's milestones that were not cancelled, oldest first."""
    wanted = select(Conversion).where(Conversion.lead_id == lead_id, Conversion.cancelled_at.is_(None))
    return list(session.scalars(wanted.order_by(Conversion.conversion_date, Conversion.id)))


def is_booked(session: Session, lead: Lead) -> bool:
    """Is a milestone recorded for the lead?"""
    return bool(live(session, lead.id))


def record(session: Session, lead: Lead, data: ConvertLead, at: datetime) -> tuple[Conversion, list[Credit]]:
    """Write the milestone, and the credits if it recognises the value: the recognised value is once the
    booking's or contract's. Conflict for a second one of that kind; the lead is flushed with its counts."""
    before = live(session, lead.id)
    if data.conversion_type in RECOGNISING and any(
        one.conversion_type == data.conversion_type for one in before
    ):
        raise Conflict(
            f"This lead has a {data.conversion_type.replace('_', ' ')} already; cancel that one first."
        )
    recognises = data.conversion_type in RECOGNISING and not any(
        one.attributed_revenue is not None for one in before
    )
    conversion = _write(session, lead, data, at, recognises=recognises)
    return conversion, _credit(session, lead, conversion, data) if recognises else []


def _write(session: Session, lead: Lead, data: ConvertLead, at: datetime, *, recognises: bool) -> Conversion:
    seen = touches(session, lead, at)
    source = session.get(LeadSource, (lead.supplier_id, lead.lead_source_id)) if lead.lead_source_id else None
    fallback = source.slug if source else "unknown"
    rate = source.commission_rate if source else None
    completed = select(func.count()).select_from(Enrollment)
    done = completed.where(Enrollment.lead_id == lead.id, Enrollment.status == EnrollmentStatus.COMPLETED)
    conversion = Conversion(
        supplier_id=lead.supplier_id,
        lead_id=lead.id,
        conversion_type=data.conversion_type,
        conversion_value=data.conversion_value,
        conversion_date=at,
        first_touch_source=seen[0].slug if seen else fallback,
        last_touch_source=seen[-1].slug if seen else fallback,
        touch_points_count=len(seen),
        attribution_model=AttributionModel.MANUAL if data.attributed_sources else AttributionModel.LAST_TOUCH,
        days_to_conversion=max(0, (at - lead.created_at).days),
        total_interactions=lead.total_interactions,
        nurture_sequences_completed=session.scalar(done) or 0,
        attributed_revenue=data.conversion_value if recognises else None,
        commission_amount=quantize(data.conversion_value * rate) if rate and recognises else None,
        notes=data.notes,
    )
    session.add(conversion)
    session.flush()
    return conversion


def _credit(session: Session, lead: Lead, conversion: Conversion, data: ConvertLead) -> list[Credit]:
    """Who earned the value: the last touch, and in equal parts the sources that a person named."""
    last = touches(session, lead, conversion.conversion_date)[-1:]
    shares = {AttributionModel.LAST_TOUCH: last or named(session, lead, [])}
    if data.attributed_sources:
        shares[AttributionModel.MANUAL] = named(session, lead, data.attributed_sources)
    found = [
        part for model, who in shares.items() for part in credit(model, conversion.conversion_value, who)
    ]
    for part in found:
        row = {"supplier_id": lead.supplier_id, "conversion_id": conversion.id, **vars(part)}
        session.add(ConversionCredit(**row))
    return [part for part in found if part.model is conversion.attribution_model]


def cancel_bookings(session: Session, lead: Lead, now: datetime) -> None:
    """Cancel every milestone of the lead."""
    for conversion in live(session, lead.id):
        conversion.cancelled_at = now


def recognised(session: Session, lead_id: UUID) -> Decimal | None:
    """The value that live bookings of the lead recognised; None when none did."""
    return session.scalar(
        select(func.sum(Conversion.attributed_revenue)).where(
            Conversion.lead_id == lead_id, Conversion.cancelled_at.is_(None)
        )
    )
