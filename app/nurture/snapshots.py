"""Loading what the engine decides on: sequences, leads, anchors and the calendar, for many leads at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from app.kernel.zones import day_of, day_start, zone
from app.models.accounts import Supplier
from app.models.capture import DateEntry, Inquiry
from app.models.choices import ConversionType, DateState
from app.models.conversions import Conversion
from app.models.lead_facts import is_reply
from app.models.leads import Lead, LeadInteraction
from app.models.nurture import Enrollment, NurtureSequence, SequenceStep, StepVariant, TaskTemplate
from app.models.sources import LeadSource
from app.nurture.engine import facts
from app.nurture.engine.advance import DATED
from app.nurture.steps import Variants, read_sequence

BOOKINGS = (ConversionType.BOOKING_CONFIRMED, ConversionType.CONTRACT_SIGNED)


class Version(NamedTuple):
    """One version of a sequence."""

    row: NurtureSequence
    number: int


class Standing(NamedTuple):
    """A lead in one version of a sequence, or about to enter it."""

    lead: Lead
    version: Version
    enrollment: Enrollment | None = None


def snapshot_of(
    session: Session,
    lead: Lead,
    row: NurtureSequence,
    now: datetime,
    *,
    version: int | None = None,
    channels: frozenset[str] = frozenset({"email"}),
) -> facts.Snapshot:
    """The lead as it would enter that version of the sequence (the published one) at `now`."""
    number = row.published_version if version is None else version
    return read_snapshots(session, [Standing(lead, Version(row, number))], now, channels)[0]


def read_snapshots(
    session: Session,
    standings: Sequence[Standing],
    now: datetime,
    channels: frozenset[str] = frozenset({"email"}),
) -> list[facts.Snapshot]:
    """What the engine decides on for each of them, one supplier's, in that order; a few statements in all."""
    supplier = session.get_one(Supplier, standings[0].lead.supplier_id)
    calendar = read_calendar(session, supplier, now)
    sequences = read_versions(session, [one.version for one in standings])
    leads = {one.lead.id: one.lead for one in standings}
    used = {step.timing.anchor for sequence in sequences.values() for step in sequence.steps} & DATED
    anchors = _anchors(session, leads, used, calendar)
    replies = _replies(session, [one.lead.id for one in standings if one.enrollment])
    read = read_leads(session, list(leads.values()), calendar.zone, now)
    return [
        _snapshot(
            one,
            now,
            lead=read[one.lead.id],
            sequence=sequences[one.version.row.id, one.version.number],
            calendar=calendar,
            anchors=anchors[one.lead.id],
            replied_at=replies.get(one.lead.id),
            channels=channels,
        )
        for one in standings
    ]


def _snapshot(standing: Standing, now: datetime, sequence: facts.Sequence, **known: Any) -> facts.Snapshot:
    enrollment = standing.enrollment
    at = enrollment and enrollment.current_step_id
    return facts.Snapshot(
        sequence=sequence,
        enrolled_at=enrollment.enrollment_date if enrollment else now,
        step=next((step for step in sequence.steps if step.id == at), None),
        due_at=(enrollment.due_at or enrollment.next_execution_at) if enrollment else None,
        next_at=enrollment.next_execution_at if enrollment else None,
        **known,
    )


def read_sequences(session: Session, rows: Iterable[NurtureSequence]) -> dict[UUID, facts.Sequence]:
    """These sequences with the steps of their published version."""
    versions = [Version(row, row.published_version) for row in rows]
    return {sequence_id: read for (sequence_id, _), read in read_versions(session, versions).items()}


def read_versions(session: Session, versions: Iterable[Version]) -> dict[tuple[UUID, int], facts.Sequence]:
    """Versions of sequences with their steps, by (sequence, version)."""
    wanted = {(one.row.id, one.number): one.row for one in versions}
    its = (StepVariant.supplier_id == SequenceStep.supplier_id, StepVariant.step_id == SequenceStep.id)
    listed = func.jsonb_agg(func.jsonb_build_array(StepVariant.label, StepVariant.email_template_id))
    variants = select(listed).where(*its).correlate(SequenceStep).scalar_subquery()
    named = tuple_(SequenceStep.sequence_id, SequenceStep.version).in_(list(wanted))
    steps: dict[tuple[UUID, int], list[SequenceStep]] = defaultdict(list)
    texts: Variants = {}
    for step, others in session.execute(select(SequenceStep, variants).where(named)):
        steps[step.sequence_id, step.version].append(step)
        texts[step.id] = sorted((label, UUID(template)) for label, template in others or ())
    tasks = _tasks(session, (step for found in steps.values() for step in found))
    return {key: read_sequence(row, steps[key], tasks, texts) for key, row in wanted.items()}


def _tasks(session: Session, steps: Iterable[SequenceStep]) -> dict[UUID, TaskTemplate]:
    wanted = {step.task_template_id for step in steps if step.task_template_id}
    found = session.scalars(select(TaskTemplate).where(TaskTemplate.id.in_(wanted))) if wanted else ()
    return {task.id: task for task in found}


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
    """The lead's facts, by that zone's days."""
    return read_leads(session, [lead], where, now)[lead.id]


def read_leads(
    session: Session, leads: Sequence[Lead], where: ZoneInfo, now: datetime
) -> dict[UUID, facts.LeadFacts]:
    """The facts of each lead, by that zone's days. A source goes by what was said and by the matched source's
    name and slug."""
    wanted = {lead.lead_source_id for lead in leads} - {None}
    found = session.scalars(select(LeadSource).where(LeadSource.id.in_(wanted))) if wanted else ()
    sources: dict[UUID | None, LeadSource] = {source.id: source for source in found}
    return {lead.id: _read(lead, sources.get(lead.lead_source_id), where, now) for lead in leads}


def _read(lead: Lead, source: LeadSource | None, where: ZoneInfo, now: datetime) -> facts.LeadFacts:
    today, spoken = day_of(now, where), lead.last_contact_at
    names = [lead.lead_source, *([source.source_name, source.slug] if source else [])]
    return facts.LeadFacts(
        status=lead.lead_status,
        score=lead.lead_score,
        sources=frozenset(name.lower() for name in names),
        tags=frozenset(lead.tags),
        has_email=lead.primary_email is not None,
        has_phone=lead.primary_phone is not None,
        wedding_date=lead.wedding_date,
        days_until_wedding=(lead.wedding_date - today).days if lead.wedding_date else None,
        days_since_inquiry=(today - day_of(lead.created_at, where)).days,
        days_since_contact=(today - day_of(spoken, where)).days if spoken else None,
        is_paused=lead.automation_paused,
        opted_out_at=lead.opt_out_date,
    )


Anchors = dict[str, datetime | None]


def _anchors(
    session: Session, leads: Mapping[UUID, Lead], used: set[str], calendar: facts.Calendar
) -> dict[UUID, Anchors]:
    """The dated anchors that some step counts from, by lead."""
    found: dict[UUID, Anchors] = {lead_id: {} for lead_id in leads}
    if "inquiry" in used:
        latest = select(Inquiry.lead_id, func.max(Inquiry.received_at)).where(Inquiry.lead_id.in_(leads))
        said = _pairs(session, latest.group_by(Inquiry.lead_id))
        for lead_id, lead in leads.items():
            found[lead_id]["inquiry"] = said.get(lead_id) or lead.created_at
    if "booking" in used:
        first = select(Conversion.lead_id, func.min(Conversion.conversion_date)).where(
            Conversion.lead_id.in_(leads),
            Conversion.conversion_type.in_(BOOKINGS),
            Conversion.cancelled_at.is_(None),
        )
        booked = _pairs(session, first.group_by(Conversion.lead_id))
        for lead_id in leads:
            found[lead_id]["booking"] = booked.get(lead_id)
    if "wedding_date" in used:
        for lead_id, lead in leads.items():
            day = lead.wedding_date
            found[lead_id]["wedding_date"] = day_start(day, calendar.zone) if day else None
    return found


def _replies(session: Session, lead_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When each of them last wrote back."""
    if not lead_ids:
        return {}
    latest = select(LeadInteraction.lead_id, func.max(LeadInteraction.occurred_at)).where(
        LeadInteraction.lead_id.in_(lead_ids), is_reply()
    )
    return _pairs(session, latest.group_by(LeadInteraction.lead_id))


def _pairs(session: Session, statement: Select[Any, Any]) -> dict[UUID, datetime]:
    return {row[0]: row[1] for row in session.execute(statement)}
