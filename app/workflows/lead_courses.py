"""What a lead's sequences will do: a read that needs to know by which channels messages leave, and when."""

from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from app.models.leads import Lead
from app.nurture.courses import Course, courses
from app.workflows.gate_ahead import gate_ahead
from app.workflows.take_steps import ready


def lead_courses(session: Session, lead: Lead, now: datetime) -> list[Course]:
    """The lead's live enrollments with all that is still to come, as if nothing were held; messages when they
    would leave by the hours and caps, over all of them."""
    channels = ready(session, lead.supplier_id, current_app.extensions["settings"])
    return courses(session, lead, now, channels, gate_ahead(session, lead, now))
