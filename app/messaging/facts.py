"""Loading what the gate judges by."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.kernel.zones import day_of, day_start, zone
from app.messaging.gate import Facts
from app.messaging.suppressions import reason_for
from app.models.accounts import Supplier
from app.models.choices import OPEN_STATUSES, Channel, EnrollmentStatus, MessageClass, MessageState
from app.models.leads import Lead
from app.models.messaging import Message
from app.models.nurture import Enrollment, NurtureSequence, SequenceStep

LIVE = frozenset({EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED})
SENT = (MessageState.SENDING, MessageState.ACCEPTED, MessageState.UNCERTAIN)
_CAPPED = (Message.enrollment_id.is_not(None), Message.message_class != MessageClass.ACKNOWLEDGEMENT)


def read_facts(
    session: Session, lead: Lead, message: Message, now: datetime, *, has_transport: bool
) -> Facts:
    """Everything about the message, its lead, its sequence and its supplier that the gate asks for."""
    supplier = session.get_one(Supplier, message.supplier_id)
    where = zone(supplier.timezone)
    by_hand = message.sent_by_user_id is not None
    enrollment, sequence = _automation(session, None if by_hand else message.enrollment_id)
    step = session.get(SequenceStep, (message.supplier_id, message.sequence_step_id)) if enrollment else None
    address = address_of(lead, message)
    today = day_start(day_of(now, where), where)
    week = day_start(day_of(now, where) - timedelta(6), where)
    rivals = _rivals(session, message, sequence, now)
    return Facts(
        message_class=message.message_class,
        channel=message.channel,
        created_at=message.created_at,
        not_after=message.not_after,
        zone=where,
        automated=enrollment is not None,
        has_address=address is not None,
        has_transport=has_transport and (message.channel is Channel.EMAIL or supplier.sms_number is not None),
        suppression=reason_for(session, lead.supplier_id, message.channel, address) if address else None,
        opted_out_at=lead.opt_out_date,
        marketing_consent=lead.consent_marketing,
        ending=_ending(lead, enrollment, sequence),
        holding=_holding(lead, supplier, enrollment, sequence),
        send_time=step.send_time if step else None,
        send_days=frozenset(step.send_days) if step else frozenset(),
        closed=frozenset(supplier.holidays),
        daily_cap=supplier.daily_message_cap,
        weekly_cap=supplier.weekly_message_cap,
        ahead_today=_sent_since(session, message, today) + rivals,
        ahead_this_week=_sent_since(session, message, week) + rivals,
    )


def _automation(
    session: Session, enrollment_id: UUID | None
) -> tuple[Enrollment | None, NurtureSequence | None]:
    if enrollment_id is None:
        return None, None
    row = session.execute(
        select(Enrollment, NurtureSequence)
        .join(Enrollment.sequence)
        .where(Enrollment.id == enrollment_id)
        .execution_options(populate_existing=True)
    ).one()
    return row[0], row[1]


def address_of(lead: Lead, message: Message) -> str | None:
    """Where it would go: for a sequence's message, the lead's address of now."""
    if message.enrollment_id is None:
        return message.to_address
    return lead.primary_email if message.channel is Channel.EMAIL else lead.primary_phone


def _ending(lead: Lead, enrollment: Enrollment | None, sequence: NurtureSequence | None) -> str | None:
    if enrollment is None or sequence is None:
        return None
    if lead.lead_status not in OPEN_STATUSES and lead.lead_status not in sequence.target_lead_status:
        return f"lead_{lead.lead_status}"
    return None if enrollment.status in LIVE else "enrollment_ended"


def _holding(
    lead: Lead, supplier: Supplier, enrollment: Enrollment | None, sequence: NurtureSequence | None
) -> str | None:
    if not supplier.sending_enabled:
        return "sending_off"
    if enrollment is None or sequence is None:
        return None
    if lead.automation_paused:
        return "lead_paused"
    if enrollment.status is EnrollmentStatus.PAUSED:
        return "enrollment_paused"
    return None if sequence.is_active else "sequence_off"


def _sent_since(session: Session, message: Message, start: datetime) -> int:
    """Automated messages of the lead, acknowledgements apart, that left since then or may have."""
    sent_at = func.coalesce(Message.accepted_at, Message.updated_at)
    sent = (*_CAPPED, Message.lead_id == message.lead_id, Message.state.in_(SENT), sent_at >= start)
    return (
        session.scalar(select(func.count()).select_from(Message).where(*sent, Message.id != message.id)) or 0
    )


def _rivals(session: Session, message: Message, sequence: NurtureSequence | None, now: datetime) -> int:
    """Messages of the lead due now too that matter more: of a sequence of higher priority, or older."""
    if sequence is None:
        return 0
    more_important = or_(
        NurtureSequence.priority_level > sequence.priority_level,
        and_(NurtureSequence.priority_level == sequence.priority_level, Message.id < message.id),
    )
    return (
        session.scalar(
            select(func.count())
            .select_from(Message)
            .join(Enrollment, Enrollment.id == Message.enrollment_id)
            .join(NurtureSequence, NurtureSequence.id == Enrollment.sequence_id)
            .where(*_CAPPED, Message.lead_id == message.lead_id, Message.id != message.id)
            .where(Message.state == MessageState.DUE, Message.due_at <= now, more_important)
        )
        or 0
    )
