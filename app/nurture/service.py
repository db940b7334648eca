"""Enrolling leads."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import literal, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kernel import jobs
from app.kernel.errors import InvalidInput
from app.kernel.zones import zone
from app.models.accounts import Supplier
from app.models.choices import InteractionType
from app.models.lead_facts import record_interaction
from app.models.leads import Lead
from app.models.nurture import Enrollment, NurtureSequence
from app.nurture.claims import LIVE
from app.nurture.engine.advance import start
from app.nurture.engine.facts import Snapshot
from app.nurture.engine.outcomes import Next
from app.nurture.engine.targets import matches
from app.nurture.progress import IN_ORDER, count_entry, pass_over
from app.nurture.snapshots import Standing, Version, read_leads, read_snapshots
from app.nurture.steps import read_targets

SOONEST_RETURN = timedelta(hours=1)
"""A sequence that a lead may always enter again does not take it in before, so that one whose own steps make
the lead fit again does not run in circles."""


def enroll_matching(session: Session, lead: Lead, now: datetime) -> list[str]:
    """Enroll the lead in each active sequence that wants it; the names, the most important first.

    A lead has at most one live enrollment per sequence; one that it left takes it in again only as
    the re-entry rule says. A step that is due at once is rung.
    """
    return enroll_each(session, [lead], now).get(lead.id, [])


def enroll_each(session: Session, leads: Sequence[Lead], now: datetime) -> dict[UUID, list[str]]:
    """The same for several leads of one supplier, in a few statements for all; the names by lead."""
    session.flush()
    supplier = session.get_one(Supplier, leads[0].supplier_id)
    active = session.scalars(
        select(NurtureSequence)
        .where(NurtureSequence.is_active, NurtureSequence.published_version > 0)
        .order_by(*IN_ORDER)
    ).all()
    facts = read_leads(session, leads, zone(supplier.timezone), now) if active else {}
    targets = {row.id: read_targets(row) for row in active}
    wanting = [(lead, row) for lead in leads for row in active if matches(targets[row.id], facts[lead.id])]
    open_to = _open_to(session, wanting, now) if wanting else []
    return _enter(session, open_to, now) if open_to else {}


def enroll_in(session: Session, lead: Lead, sequence_id: UUID, now: datetime) -> list[str]:
    """Enroll the lead in this sequence because a person says so, whatever it targets and whether it was in
    it before; its name, or nothing when the lead is in it now or no step is left for it. InvalidInput when
    there is none to enter."""
    session.flush()
    row = session.scalars(select(NurtureSequence).where(NurtureSequence.id == sequence_id)).first()
    if row is None:
        raise InvalidInput.of("nurture_sequence_id", "unknown", "No sequence with this id.")
    if not row.is_active or not row.published_version:
        said = "switched off; switch it on first" if row.published_version else "not published yet"
        raise InvalidInput.of("nurture_sequence_id", "not_live", f"“{row.sequence_name}” is {said}.")
    return _enter(session, [(lead, row)], now).get(lead.id, [])


def is_under_way(session: Session, lead_id: UUID, sequence_id: UUID) -> bool:
    """Is the lead in that sequence now?"""
    its = (Enrollment.lead_id == lead_id, Enrollment.sequence_id == sequence_id)
    return session.scalar(select(Enrollment.id).where(*its, Enrollment.status.in_(LIVE))) is not None


Wanting = Sequence[tuple[Lead, NurtureSequence]]
"""Leads and sequences that want them."""


def _enter(session: Session, wanting: Wanting, now: datetime) -> dict[UUID, list[str]]:
    standings = [Standing(lead, Version(row, row.published_version)) for lead, row in wanting]
    entered: dict[UUID, list[str]] = defaultdict(list)
    for (lead, row), snapshot in zip(wanting, read_snapshots(session, standings, now), strict=True):
        if _enroll(session, lead, row, snapshot, now):
            entered[lead.id].append(row.sequence_name)
            count_entry(row.id)
    return entered


def _open_to(session: Session, wanting: Wanting, now: datetime) -> list[tuple[Lead, NurtureSequence]]:
    """Those where the lead has never been in the sequence, or has left it and may enter again."""
    ids = {lead.id for lead, _ in wanting}
    been = select(Enrollment.lead_id, Enrollment.sequence_id, Enrollment.ended_at)
    left: dict[tuple[UUID, UUID], list[datetime | None]] = defaultdict(list)
    for lead_id, sequence_id, ended_at in session.execute(been.where(Enrollment.lead_id.in_(ids))):
        left[lead_id, sequence_id].append(ended_at)
    return [
        (lead, row)
        for lead, row in wanting
        if all(_may_return(row, ended_at, now) for ended_at in left[lead.id, row.id])
    ]


def _may_return(row: NurtureSequence, left_at: datetime | None, now: datetime) -> bool:
    if left_at is None or row.reentry_after_days is None:
        return False
    return left_at + max(timedelta(row.reentry_after_days), SOONEST_RETURN) <= now


def _enroll(session: Session, lead: Lead, row: NurtureSequence, snapshot: Snapshot, now: datetime) -> bool:
    """Enroll unless no step is left to take, or another transaction was first."""
    first = start(snapshot, now)
    enrollment = _insert(session, lead, row, first, now) if isinstance(first, Next) else None
    if enrollment is None:
        return False
    pass_over(session, enrollment, first.passed, now)
    record_interaction(
        session,
        lead,
        InteractionType.SEQUENCE_ENROLLED,
        occurred_at=now,
        system=True,
        subject=row.sequence_name,
        metadata={"sequence_id": str(row.id)},
        sets={} if lead.nurture_sequence_id else {"nurture_sequence_id": row.id},
    )
    if enrollment.next_execution_at and enrollment.next_execution_at <= now:
        jobs.ring("workers.jobs.steps.run_step", row.supplier_id, enrollment.id)
    return True


def _insert(
    session: Session, lead: Lead, row: NurtureSequence, first: Next, now: datetime
) -> Enrollment | None:
    """The new enrollment, or None when a live one exists, which the partial unique index decides, or the
    sequence was deleted or archived meanwhile, whose lock is waited for."""
    values = {
        Enrollment.supplier_id: lead.supplier_id,
        Enrollment.lead_id: lead.id,
        Enrollment.sequence_id: row.id,
        Enrollment.version: row.published_version,
        Enrollment.enrollment_date: now,
        Enrollment.current_step_id: first.step.id,
        Enrollment.next_execution_at: first.at,
        Enrollment.due_at: first.at,
    }
    typed = [literal(value, column.type) for column, value in values.items()]
    on = (NurtureSequence.id == row.id, NurtureSequence.is_active)
    there = select(*typed).where(*on).with_for_update(read=True, key_share=True)
    statement = (
        insert(Enrollment)
        .from_select(list(values), there)
        .on_conflict_do_nothing(
            index_elements=[Enrollment.supplier_id, Enrollment.lead_id, Enrollment.sequence_id],
            index_where=text("status in ('active', 'paused')"),  # literal, to match the index
        )
        .returning(Enrollment)
    )
    return session.scalars(statement).first()
