"""What must change together with a lead's children, so that no counter ever differs from a recount."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, text, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.models.choices import InteractionType as Kind
from app.models.leads import Lead, LeadInteraction, Task

OUTGOING = frozenset(
    {
        Kind.EMAIL_SENT,
        Kind.SMS_SENT,
        Kind.PHONE_CALL,
        Kind.MEETING_SCHEDULED,
        Kind.MEETING_COMPLETED,
        Kind.PROPOSAL_SENT,
        Kind.CONTRACT_SENT,
    }
)
"""The supplier reached out: the first of these is `first_contact_at`."""
CONTACT = OUTGOING | {Kind.EMAIL_REPLIED, Kind.SMS_RECEIVED, Kind.FORM_SUBMITTED}
"""The two spoke, either way: the latest of these is `last_contact_at`."""
INBOUND = frozenset({Kind.FORM_SUBMITTED, Kind.EMAIL_REPLIED, Kind.SMS_RECEIVED})
"""The couple wrote and waits for an answer of a person."""
REPLIES = frozenset({Kind.EMAIL_REPLIED, Kind.SMS_RECEIVED})
UNCOUNTED = frozenset({Kind.SCORE_UPDATED})
"""Not part of `total_interactions`."""
COUNTERS = {
    Kind.EMAIL_OPENED: "email_opens",
    Kind.EMAIL_CLICKED: "email_clicks",
    Kind.WEBSITE_VISIT: "website_visits",
}


def record_interaction(
    session: Session, lead: Lead, kind: Kind, *, occurred_at: datetime, system: bool = False, **columns: Any
) -> LeadInteraction:
    """Add one entry to the lead's timeline and move the lead's counters with it.

    `columns`: subject, content, metadata, user_id, step_id, message_id, outcome; `counted`, when the lead
    was inserted with this entry in its counters; and `sets`, columns of the lead that are written with them.
    """
    counted, sets = columns.pop("counted", False), columns.pop("sets", {})
    entry = LeadInteraction(
        supplier_id=lead.supplier_id,
        lead_id=lead.id,
        interaction_type=kind,
        occurred_at=occurred_at,
        is_system=system,
        interaction_subject=(columns.pop("subject", None) or "")[:255] or None,
        interaction_content=columns.pop("content", None),
        interaction_metadata=columns.pop("metadata", None) or {},
        interaction_outcome=columns.pop("outcome", None),
        sequence_step_id=columns.pop("step_id", None),
        **columns,
    )
    session.add(entry)
    if not counted:
        _count(session, lead, entry, sets)
    return entry


def is_reply() -> ColumnElement[bool]:
    """Is the entry an answer of the couple? The text message by which it first came is its inquiry, and
    names that."""
    is_inquiry = LeadInteraction.interaction_metadata.has_key("inquiry_id")
    return and_(LeadInteraction.interaction_type.in_(sorted(REPLIES)), ~is_inquiry)


def first_counts(
    kind: Kind, occurred_at: datetime, *, user_id: UUID | None, system: bool = False
) -> dict[str, Any]:
    """The counters of a lead that this is the only entry of: to insert it with them."""
    counts: dict[str, Any] = {"total_interactions": int(kind not in UNCOUNTED)}
    if kind in COUNTERS:
        counts[COUNTERS[kind]] = 1
    if kind in OUTGOING:
        counts["first_contact_at"] = occurred_at
        counts |= {"first_response_at": occurred_at} if user_id or not system else {}
    if kind in CONTACT:
        counts["last_contact_at"] = occurred_at
    if kind in INBOUND:
        counts["awaiting_reply_since"] = occurred_at
    return counts


def _moments(*conditions: ColumnElement[bool]) -> Any:
    """The instants of the lead's entries that fulfil them."""
    its = (LeadInteraction.supplier_id == Lead.supplier_id, LeadInteraction.lead_id == Lead.id)
    return select(LeadInteraction.occurred_at).where(*its, *conditions).correlate(Lead)


_ANSWERS = (
    LeadInteraction.interaction_type.in_(sorted(OUTGOING)),
    or_(LeadInteraction.user_id.is_not(None), ~LeadInteraction.is_system),
)
_FIRST_ANSWER = _moments(*_ANSWERS).with_only_columns(func.min(LeadInteraction.occurred_at))
_LAST_ANSWER = _moments(*_ANSWERS).with_only_columns(func.max(LeadInteraction.occurred_at))
_UNANSWERED = _moments(
    LeadInteraction.interaction_type.in_(sorted(INBOUND)),
    LeadInteraction.occurred_at > func.coalesce(_LAST_ANSWER.scalar_subquery(), text("'-infinity'")),
).with_only_columns(func.min(LeadInteraction.occurred_at))
RESPONSE: dict[str, Any] = {
    "first_response_at": _FIRST_ANSWER.scalar_subquery(),
    "awaiting_reply_since": _UNANSWERED.scalar_subquery(),
}
"""Recounted from the timeline, as entries may be written down late and in any order."""


def _count(session: Session, lead: Lead, entry: LeadInteraction, sets: dict[str, Any]) -> None:
    """One UPDATE in SQL, so that two transactions that count at once both count."""
    kind, occurred_at = entry.interaction_type, entry.occurred_at
    changes: dict[str, Any] = {}
    if kind not in UNCOUNTED:
        changes["total_interactions"] = Lead.total_interactions + 1
    if kind in COUNTERS:
        changes[COUNTERS[kind]] = getattr(Lead, COUNTERS[kind]) + 1
    if kind in OUTGOING:
        changes["first_contact_at"] = func.least(Lead.first_contact_at, occurred_at)
    if kind in CONTACT:
        changes["last_contact_at"] = func.greatest(Lead.last_contact_at, occurred_at)
    if kind in INBOUND or (kind in OUTGOING and (entry.user_id or not entry.is_system)):
        changes |= RESPONSE
    if changes or sets:
        session.flush()
        its = (Lead.id == lead.id, Lead.supplier_id == lead.supplier_id)
        written = [getattr(Lead, name) for name in (*changes, *sets, "updated_at")]
        changed = update(Lead).where(*its).values(changes | sets).returning(*written)
        row = session.execute(changed.execution_options(synchronize_session=False)).one()
        for name, value in row._mapping.items():
            set_committed_value(lead, str(name), value)


def recount(session: Session, lead_id: UUID) -> None:
    """Set every counter of the lead to what its timeline and tasks say: rows have come or gone otherwise."""
    session.flush()

    def of_kinds(value: Any, kinds: frozenset[Kind]) -> Any:
        here = (LeadInteraction.supplier_id == Lead.supplier_id, LeadInteraction.lead_id == Lead.id)
        chosen = LeadInteraction.interaction_type.in_(sorted(kinds))
        return (
            select(value).select_from(LeadInteraction).where(*here, chosen).correlate(Lead).scalar_subquery()
        )

    counted = frozenset(Kind) - UNCOUNTED
    at = LeadInteraction.occurred_at
    values = {column: of_kinds(func.count(), frozenset({kind})) for kind, column in COUNTERS.items()}
    values |= {
        "total_interactions": of_kinds(func.count(), counted),
        "first_contact_at": of_kinds(func.min(at), OUTGOING),
        "last_contact_at": of_kinds(func.max(at), CONTACT),
        **RESPONSE,
    }
    session.execute(update(Lead).where(Lead.id == lead_id).values(values))
    refresh_follow_up(session, lead_id)


def refresh_follow_up(session: Session, lead_id: UUID) -> None:
    """Set the lead's next follow-up to its earliest open task's due time, or to none."""
    session.flush()
    earliest = (
        select(func.min(Task.due_at))
        .where(Task.supplier_id == Lead.supplier_id, Task.lead_id == Lead.id, Task.completed_at.is_(None))
        .scalar_subquery()
    )
    session.execute(update(Lead).where(Lead.id == lead_id).values(next_follow_up_at=earliest))
