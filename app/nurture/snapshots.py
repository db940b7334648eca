"""Loading what the engine decides on, and claiming the row it decides for.

The lead's lock always comes first: it is what an opt-out, a status change and a step of another
sequence wait for. Those of sequences, which leads share, come last and in `progress.IN_ORDER`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.kernel.zones import day_of, day_start, zone
from app.models.accounts import Supplier
from app.models.capture import DateEntry, Inquiry
from app.models.choices import ConversionType, DateState, EnrollmentStatus, InteractionType
from app.models.conversions import Conversion
from app.models.leads import Lead, LeadInteraction
from app.models.nurture import Enrollment, NurtureSequence, SequenceStep, TaskTemplate
from app.models.sources import LeadSource
from app.nurture.engine import facts
from app.nurture.engine.advance import DATED
from app.nurture.steps import read_sequence

_FRESH = {"populate_existing": True}
REPLIES = (InteractionType.EMAIL_REPLIED, InteractionType.SMS_RECEIVED)
BOOKINGS = (ConversionType.BOOKING_CONFIRMED, ConversionType.CONTRACT_SIGNED)


@dataclass(frozen=True)
class Place:
    """A locked enrollment, its locked lead, and what the engine knows of them."""

    enrollment: Enrollment
    lead: Lead
    snapshot: facts.Snapshot


def claim(session: Session, enrollment_id: UUID, now: datetime, channels: frozenset[str]) -> Place | None:
    """Lock a due enrollment; None when it is not due any more or somebody else is at it."""
    due = (
        Enrollment.id == enrollment_id,
        Enrollment.status == EnrollmentStatus.ACTIVE,
        Enrollment.next_execution_at <= now,
    )
    lead = _lock_lead(session, due)
    enrollment = lead and session.scalar(
        select(Enrollment)
        .where(*due)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(**_FRESH)
    )
    return _place(session, lead, enrollment, now, channels) if lead and enrollment else None


def awaiting(session: Session, enrollment_id: UUID, step_id: UUID, now: datetime) -> Place | None:
    """Lock an enrollment that waits for its step's message; None when it does not wait for that one."""
    waits = (
        Enrollment.id == enrollment_id,
        Enrollment.status.in_((EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)),
        Enrollment.current_step_id == step_id,
        Enrollment.next_execution_at.is_(None),
    )
    lead = _lock_lead(session, waits)
    enrollment = lead and session.scalar(
        select(Enrollment).where(*waits).with_for_update(key_share=True).execution_options(**_FRESH)
    )
    return _place(session, lead, enrollment, now, frozenset()) if lead and enrollment else None


def _lock_lead(session: Session, wanted: Iterable[ColumnElement[bool]]) -> Lead | None:
    """The lead of that enrollment, locked; waits for whoever holds it."""
    lead_id = session.scalar(select(Enrollment.lead_id).where(*wanted))
    return session.scalar(
        select(Lead).where(Lead.id == lead_id).with_for_update(key_share=True).execution_options(**_FRESH)
    )


def _place(
    session: Session, lead: Lead, enrollment: Enrollment, now: datetime, channels: frozenset[str]
) -> Place:
    row = session.get_one(NurtureSequence, (enrollment.supplier_id, enrollment.sequence_id))
    sequence = read_sequences(session, [row], version=enrollment.version)[row.id]
    view = read_view(session, lead, now)
    at = enrollment.current_step_id
    snapshot = facts.Snapshot(
        lead=view.lead,
        sequence=sequence,
        calendar=view.calendar,
        enrolled_at=enrollment.enrollment_date,
        step=next((step for step in sequence.steps if step.id == at), None),
        anchors=read_anchors(session, lead, sequence, view.calendar),
        replied_at=_replied_at(session, lead),
        channels=channels,
    )
    return Place(enrollment, lead, snapshot)


def read_sequences(
    session: Session, rows: Sequence[NurtureSequence], *, version: int | None = None
) -> dict[UUID, facts.Sequence]:
    """These sequences with their steps: of `version`, or of each one's published version."""
    wanted = (
        select(SequenceStep)
        .join(NurtureSequence, NurtureSequence.id == SequenceStep.sequence_id)
        .where(NurtureSequence.id.in_([row.id for row in rows]))
        .where(SequenceStep.version == (version or NurtureSequence.published_version))
    )
    mine: dict[UUID, list[SequenceStep]] = defaultdict(list)
    for step in session.scalars(wanted):
        mine[step.sequence_id].append(step)
    templates = {step.task_template_id for found in mine.values() for step in found if step.task_template_id}
    tasks = session.scalars(select(TaskTemplate).where(TaskTemplate.id.in_(templates))) if templates else ()
    by_id = {task.id: task for task in tasks}
    return {row.id: read_sequence(row, mine[row.id], by_id) for row in rows}


@dataclass(frozen=True)
class View:
    """A lead and the calendar it is served in."""

    lead: facts.LeadFacts
    calendar: facts.Calendar


def read_view(session: Session, lead: Lead, now: datetime) -> View:
    supplier = session.get_one(Supplier, lead.supplier_id)
    lead_facts = read_lead(session, lead, zone(supplier.timezone), now)
    return View(lead_facts, read_calendar(session, supplier, now))


def read_calendar(session: Session, supplier: Supplier, now: datetime) -> facts.Calendar:
    """The supplier's zone, holidays and blocked days to come."""
    where = zone(supplier.timezone)
    blocked = session.scalars(
        select(DateEntry.on_date).where(
            DateEntry.state == DateState.BLOCKED, DateEntry.on_date >= day_of(now, where)
        )
    )
    return facts.Calendar(where, frozenset(supplier.holidays) | frozenset(blocked))


def read_lead(session: Session, lead: Lead, where: ZoneInfo, now: datetime) -> facts.LeadFacts:
    """The lead's facts, by that zone's days. Its source goes by what was said and by the matched source's
    name and slug."""
    source = session.get(LeadSource, (lead.supplier_id, lead.lead_source_id)) if lead.lead_source_id else None
    names = [lead.lead_source, *([source.source_name, source.slug] if source else [])]
    return facts.LeadFacts(
        status=lead.lead_status,
        score=lead.lead_score,
        sources=frozenset(name.lower() for name in names),
        tags=frozenset(lead.tags),
        has_email=lead.primary_email is not None,
        has_phone=lead.primary_phone is not None,
        wedding_date=lead.wedding_date,
        days_until_wedding=_days_until(lead.wedding_date, day_of(now, where)),
        is_paused=lead.automation_paused,
        opted_out_at=lead.opt_out_date,
    )


def _days_until(wedding: date | None, today: date) -> int | None:
    return (wedding - today).days if wedding else None


def read_anchors(
    session: Session, lead: Lead, sequence: facts.Sequence, calendar: facts.Calendar
) -> dict[str, datetime | None]:
    """The dated anchors that some step counts from."""
    used = {step.timing.anchor for step in sequence.steps} & DATED
    found: dict[str, datetime | None] = {}
    if "inquiry" in used:
        latest = session.scalar(select(func.max(Inquiry.received_at)).where(Inquiry.lead_id == lead.id))
        found["inquiry"] = latest or lead.created_at
    if "booking" in used:
        found["booking"] = session.scalar(
            select(func.min(Conversion.conversion_date)).where(
                Conversion.lead_id == lead.id,
                Conversion.conversion_type.in_(BOOKINGS),
                Conversion.cancelled_at.is_(None),
            )
        )
    if "wedding_date" in used:
        found["wedding_date"] = day_start(lead.wedding_date, calendar.zone) if lead.wedding_date else None
    return found


def _replied_at(session: Session, lead: Lead) -> datetime | None:
    return session.scalar(
        select(func.max(LeadInteraction.occurred_at)).where(
            LeadInteraction.lead_id == lead.id, LeadInteraction.interaction_type.in_(REPLIES)
        )
    )
