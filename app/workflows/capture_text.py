"""A text message that was taken in as an inquiry becomes a lead, or joins the one that has its number by now.

A building block of `capture_lead`, inside its unit of work.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.schema import validate
from app.leads.admission import with_number
from app.leads.schemas import LeadCreate
from app.messaging.texts import Text
from app.models.capture import Inquiry
from app.models.choices import ContactMethod, InteractionType
from app.workflows.admit_lead import Arrival, admit_lead
from app.workflows.answer_by_text import answer_by_text

SOURCE = "Text message"
"""How they came, as the website is for a form. Where they heard of the supplier a text does not tell, so it
is no touchpoint."""


def capture_text(session: Session, actor: Actor, inquiry: Inquiry, now: datetime) -> UUID:
    """The lead's id."""
    said = inquiry.payload
    text = Text.named(inquiry.idempotency_key, said["phone"], said["message"])
    if known := with_number(session, text.sender):
        answer_by_text(session, known[0], text, now)
        return known[0].id
    by_text = {
        "lead_source": SOURCE,
        "primary_phone": text.sender,
        "preferred_contact_method": ContactMethod.TEXT,
        "additional_notes": text.said,
    }
    arrival = Arrival(
        InteractionType.SMS_RECEIVED,
        "Inquiry by text message",
        inquiry.channel,
        metadata={"inquiry_id": str(inquiry.id), "source": SOURCE},
    )
    return admit_lead(session, actor, validate(LeadCreate, by_text), arrival, now).lead_id
