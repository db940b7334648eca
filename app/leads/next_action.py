"""What to do next about a lead: the first that applies of BEHAVIOUR §2's list. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.models.choices import OPEN_STATUSES, LeadStatus

SILENT_AFTER = timedelta(days=5)
COLD_AFTER = timedelta(days=14)
HOLD_ENDS_WITHIN = timedelta(days=3)


class NextAction(StrEnum):
    """What a person does next about a lead."""

    REPLY_TO_INQUIRY = "reply_to_inquiry"
    ANSWER_REPLY = "answer_reply"
    CONFIRM_HOLD = "confirm_hold"
    ASK_FOR_DATE = "ask_for_date"
    ASK_FOR_BUDGET = "ask_for_budget"
    CHASE_PROPOSAL = "chase_proposal"
    RECONNECT = "reconnect"


@dataclass(frozen=True)
class Situation:
    """How things stand with a lead; `awaiting_reply_since` is the couple's first unanswered word."""

    status: LeadStatus
    created_at: datetime
    awaiting_reply_since: datetime | None
    first_response_at: datetime | None
    last_contact_at: datetime | None
    hold_ends_at: datetime | None
    has_date: bool
    has_budget: bool


def next_action(at: Situation, now: datetime) -> NextAction | None:
    """The first that applies; None for a lead that is closed or needs nothing."""
    if at.status not in OPEN_STATUSES:
        return None
    if at.awaiting_reply_since:
        return NextAction.ANSWER_REPLY if at.first_response_at else NextAction.REPLY_TO_INQUIRY
    if at.hold_ends_at and at.hold_ends_at - now <= HOLD_ENDS_WITHIN:
        return NextAction.CONFIRM_HOLD
    if not at.has_date:
        return NextAction.ASK_FOR_DATE
    if not at.has_budget:
        return NextAction.ASK_FOR_BUDGET
    silence = now - (at.last_contact_at or at.created_at)
    if at.status is LeadStatus.PROPOSAL_SENT and silence >= SILENT_AFTER:
        return NextAction.CHASE_PROPOSAL
    return NextAction.RECONNECT if silence >= COLD_AFTER else None
