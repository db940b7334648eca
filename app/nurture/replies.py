"""A couple wrote back: sequences that wanted no more than that are over."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.leads import Lead
from app.models.nurture import Enrollment, NurtureSequence
from app.nurture.claims import LIVE
from app.nurture.progress import IN_ORDER, end


def end_on_reply(session: Session, lead: Lead, replied_at: datetime, now: datetime) -> list[str]:
    """End the live enrollments of a locked lead that end on a reply and began before it; their names."""
    live = (
        select(Enrollment)
        .join(Enrollment.sequence)
        .where(Enrollment.lead_id == lead.id, Enrollment.status.in_(LIVE))
        .where(NurtureSequence.ends_on_reply, Enrollment.enrollment_date <= replied_at)
        .order_by(*IN_ORDER)
        .with_for_update(key_share=True, of=Enrollment)
        .execution_options(populate_existing=True)
    )
    return [end(session, lead, enrollment, "replied", now) for enrollment in session.scalars(live).all()]
