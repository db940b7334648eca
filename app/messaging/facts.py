"""Loading what the gate judges by."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.kernel.zones import zone
from app.messaging.gate import Facts, counted_since
from app.messaging.suppressions import reason_for
from app.models.accounts import Supplier
from app.models.choices import OPEN_STATUSES, Channel, EnrollmentStatus, MessageClass, MessageState
from app.models.leads import Lead
from app.models.messaging import Message
from app.models.nurture import Enrollment, NurtureSequence, SequenceStep

LIVE = frozenset({EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED})
SENT = (MessageState.SENDING, MessageState.ACCEPTED, MessageState.UNCERTAIN)
CAPPED = (Message.enrollment_id.is_not(None), Message.message_class != MessageClass.ACKNOWLEDGEMENT)


def read_facts(
    session: Session, supplier: Supplier, lead: Lead, message: Message, now: datetime, *, has_transport: bool
) -> Facts:
    """Everything about the message, its lead, its sequence and its supplier that the gate asks for."""
    where = zone(supplier.timezone)
    by_hand = message.sent_by_user_id is not None
    enrollment, sequence, step = _automation(session, None if by_hand else message)
    address = address_of(lead, message)
    today, this_week = _ahead(session, message, sequence, where, now)
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
        ahead_today=today,
        ahead_this_week=this_week,
    )


Automation = tuple[Enrollment | None, NurtureSequence | None, SequenceStep | None]


def _automation(session: Session, message: Message | None) -> Automation:
    """What a sequence's message is of."""
    if message is None or message.enrollment_id is None:
        return None, None, None
    its_step = (
        SequenceStep.supplier_id == Enrollment.supplier_id,
        SequenceStep.id == message.sequence_step_id,
    )
    row = session.execute(
        select(Enrollment, NurtureSequence, SequenceStep)
        .join(Enrollment.sequence)
        .outerjoin(SequenceStep, and_(*its_step))
        .where(Enrollment.id == message.enrollment_id)
        .execution_options(populate_existing=True)
    ).one()
    return row[0], row[1], row[2]


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


def _ahead(
    session: Session, message: Message, sequence: NurtureSequence | None, where: ZoneInfo, now: datetime
) -> tuple[int, int]:
    """How many messages count before this one under the day's cap and under that of seven days: automated
    ones of the lead that left or may have, acknowledgements apart, and those due now that matter more."""
    day, week = counted_since(now, where)
    sent_at = func.coalesce(Message.accepted_at, Message.updated_at)
    sent = and_(Message.state.in_(SENT), sent_at >= week)
    due = and_(Message.state == MessageState.DUE, Message.due_at <= now)
    priority = (
        select(NurtureSequence.priority_level)
        .join(Enrollment, Enrollment.sequence_id == NurtureSequence.id)
        .where(Enrollment.id == Message.enrollment_id)
        .scalar_subquery()
    )
    others = select(case((sent, sent_at)), priority, Message.id).where(
        *CAPPED, Message.lead_id == message.lead_id, Message.id != message.id, or_(sent, due)
    )
    left, rivals = [], 0
    for left_at, weight, other_id in session.execute(others):
        if left_at:
            left.append(left_at)
        elif sequence:
            mine = sequence.priority_level
            rivals += weight > mine or (weight == mine and other_id < message.id)
    return sum(one >= day for one in left) + rivals, len(left) + rivals
