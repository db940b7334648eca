"""How things stand with a lead, as `next_action` asks."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.leads.next_action import NextAction, Situation, next_action
from app.models.capture import DateEntry
from app.models.choices import DateState
from app.models.leads import Lead


def situation(session: Session, lead: Lead) -> Situation:
    """One statement, for the date that is held for the lead."""
    held = select(DateEntry.held_until).where(DateEntry.lead_id == lead.id, DateEntry.state == DateState.HELD)
    return of(lead, session.scalar(held.order_by(DateEntry.held_until.nulls_last()).limit(1)))


def of(lead: Lead, hold_ends_at: datetime | None) -> Situation:
    """The situation of a lead whose date is held until then, if it is."""
    return Situation(
        status=lead.lead_status,
        created_at=lead.created_at,
        awaiting_reply_since=lead.awaiting_reply_since,
        first_response_at=lead.first_response_at,
        last_contact_at=lead.last_contact_at,
        hold_ends_at=hold_ends_at,
        has_date=lead.wedding_date is not None,
        has_budget=lead.estimated_budget is not None or lead.budget_range is not None,
    )


def recommended(session: Session, lead: Lead, now: datetime) -> NextAction | None:
    """What to do next about the lead."""
    return next_action(situation(session, lead), now)
