"""Loading what the gate judges by."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.kernel.zones import day_of, zone
from app.messaging.gate import Facts, Send, Wait, counted_since, judge
from app.messaging.suppressions import reason_for
from app.models.accounts import Supplier
from app.models.choices import OPEN_STATUSES, Channel, EnrollmentStatus, MessageClass, MessageState
from app.models.leads import Lead
from app.models.messaging import Message
from app.models.nurture import Enrollment, NurtureSequence, SequenceStep

LIVE = frozenset({EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED})
SENT = (MessageState.SENDING, MessageState.ACCEPTED, MessageState.UNCERTAIN)
MOST_RIVALS = 20
"""Messages of a lead that are looked at for whether they leave before another."""
CAPPED = (Message.enrollment_id.is_not(None), Message.message_class != MessageClass.ACKNOWLEDGEMENT)


def read_facts(
    session: Session,
    supplier: Supplier,
    lead: Lead,
    message: Message,
    now: datetime,
    *,
    has_transport: bool,
    ahead: int | None = None,
) -> Facts:
    """Everything about the message, its lead, its sequence and its supplier that the gate asks for; `ahead`:
    how many that matter more leave today, if that is known."""
    where = zone(supplier.timezone)
    by_hand = message.sent_by_user_id is not None
    enrollment, sequence, step = _automation(session, None if by_hand else message)
    address = address_of(lead, message)
    today, week = counted_since(now, where)
    left, rivals = _others(session, message, sequence, week, now)
    if ahead is None:
        without = None if has_transport else message.channel
        ahead = _leaving(session, supplier, lead, rivals, now, without=without)
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
        ahead_today=sum(one >= today for one in left) + ahead,
        ahead_this_week=len(left) + ahead,
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


def _others(
    session: Session, message: Message, sequence: NurtureSequence | None, week: datetime, now: datetime
) -> tuple[list[datetime], list[UUID]]:
    """When the lead's other automated messages left, or may have, since `week`, acknowledgements apart; and
    the ids of those due now too that matter more, of a sequence of higher priority or older, those first
    that matter most."""
    sent_at = func.coalesce(Message.accepted_at, Message.updated_at)
    sent = and_(Message.state.in_(SENT), sent_at >= week)
    due = and_(Message.state == MessageState.DUE, Message.due_at <= now)
    priority = (
        select(NurtureSequence.priority_level)
        .join(Enrollment, Enrollment.sequence_id == NurtureSequence.id)
        .where(Enrollment.id == Message.enrollment_id)
        .scalar_subquery()
    )
    its = (*CAPPED, Message.lead_id == message.lead_id, Message.id != message.id)
    rows = session.execute(
        select(case((sent, sent_at)), priority, Message.id).where(*its, or_(sent, due))
    ).all()
    waiting = [(-weight, one) for left_at, weight, one in rows if left_at is None]
    mine = (-sequence.priority_level, message.id) if sequence else None
    rivals = [pair[1] for pair in sorted(waiting) if mine and pair < mine]
    return [left_at for left_at, _, _ in rows if left_at], rivals


def _leaving(
    session: Session,
    supplier: Supplier,
    lead: Lead,
    rivals: Sequence[UUID],
    now: datetime,
    *,
    without: Channel | None,
) -> int:
    """How many of them leave today, the most important first: for one that does not, nobody waits."""
    looked_at = rivals[:MOST_RIVALS]
    found = session.scalars(select(Message).where(Message.id.in_(looked_at))) if looked_at else ()
    ahead = 0
    for rival in sorted(found, key=lambda one: looked_at.index(one.id)):
        reaches = rival.channel is not without
        facts = read_facts(session, supplier, lead, rival, now, has_transport=reaches, ahead=ahead)
        match judge(facts, now):
            case Send():
                ahead += 1
            case Wait(until, "quiet_hours"):
                ahead += day_of(until, facts.zone) == day_of(now, facts.zone)
    return ahead
