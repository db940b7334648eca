"""What a couple answered is passed on to whoever looks after them, or to the owner.

A building block of those who write an answer down, inside their unit of work.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.messaging.notices import note_answered
from app.models.accounts import Membership
from app.models.leads import Lead, LeadInteraction
from app.nurture.tasks import responsible


def pass_on(session: Session, lead: Lead, entry: LeadInteraction, now: datetime) -> None:
    """An e-mail about that entry of the timeline is to go to the member, if they want such e-mails."""
    session.flush()
    user_id = responsible(session, lead)
    member = session.get(Membership, (lead.supplier_id, user_id)) if user_id else None
    if member:
        note_answered(session, member, lead.id, entry.id, now)
