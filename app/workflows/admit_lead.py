"""A couple's words become a lead, or join the one we know: source, person, history, score, sequences.

A building block of `create_lead` and `capture_lead`, inside their unit of work.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.kernel.actor import Actor
from app.kernel.zones import day_of, zone
from app.leads import admission, assignment
from app.leads.schemas import LeadCreate
from app.models.accounts import Supplier
from app.models.choices import InteractionType, LeadStatus, Priority
from app.models.lead_facts import first_counts, record_interaction, refresh_follow_up
from app.models.leads import Lead, StatusHistory, Task
from app.models.score_facts import day_changed
from app.models.sources import LeadSource
from app.nurture.service import enroll_matching
from app.privacy import consent
from app.scoring.service import rescore
from app.sources.counting import count_lead
from app.sources.service import resolve
from app.workflows.lead_moves import Handover, write_assignment


@dataclass(frozen=True)
class Arrival:
    """How the words came: what to write on the timeline, and through what they came."""

    interaction: InteractionType
    subject: str
    channel: str
    wording_version: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    sources: Sequence[LeadSource] = ()
    """Sources that are loaded already."""


@dataclass(frozen=True)
class Admitted:
    """The lead, whether it was known before, its score and the sequences it entered."""

    lead_id: UUID
    score: int
    joined: bool
    enrolled: list[str]


def admit_lead(session: Session, actor: Actor, data: LeadCreate, arrival: Arrival, now: datetime) -> Admitted:
    """Find or make the lead and do all that follows; one transaction, nothing by halves."""
    supplier = session.get_one(Supplier, actor.supplier_id)
    data = admission.dialled_from(data, region=supplier.locale.rpartition("-")[2])
    source = resolve(session, actor.supplier_id, data.lead_source, arrival.sources)
    today = day_of(now, zone(supplier.timezone))
    given = consent.ConsentGiven(
        data.consent_marketing,
        data.consent_data_processing,
        arrival.channel,
        arrival.subject,
        arrival.wording_version,
    )
    counts = first_counts(arrival.interaction, now, user_id=actor.user_id, system=True)
    round_ = _Round(source, today, consent.columns(given, now) | counts)
    lead, joined = _find_or_make(session, actor, data, round_, now)
    consent.record(session, lead, given, now)
    record_interaction(
        session,
        lead,
        arrival.interaction,
        occurred_at=now,
        system=True,
        subject=arrival.subject,
        content=data.additional_notes,
        metadata=arrival.metadata,
        user_id=actor.user_id,
        counted=not joined,
    )
    if not joined and lead.assignee:
        write_assignment(session, actor, lead, Handover(None, lead.assignee, counted=True), now)
    day_changed(session, lead.supplier_id, lead.wedding_date, now)
    _score(session, lead, now)
    enrolled = enroll_matching(session, lead, now)
    if enrolled:
        _score(session, lead, now, touched=ENTERING)
    if not joined:
        count_lead(lead)
    return Admitted(lead.id, lead.lead_score, joined, enrolled)


ENTERING = frozenset({"total_interactions"})
"""What a rule may ask about that entering a sequence changes: it is an entry on the timeline."""


def _score(session: Session, lead: Lead, now: datetime, touched: frozenset[str] | None = None) -> None:
    change = rescore(session, lead.id, now, touched=touched)
    if change:
        set_committed_value(lead, "lead_score", change.new)


@dataclass(frozen=True)
class _Round:
    """What a new lead needs if this is one: its source, the supplier's day for finding it a person, and the
    columns it is inserted with, so that no UPDATE has to follow."""

    source: LeadSource
    today: date
    columns: dict[str, Any]


def _find_or_make(
    session: Session, actor: Actor, data: LeadCreate, place: _Round, now: datetime
) -> tuple[Lead, bool]:
    known = admission.find(session, data)
    if known is None:
        made = _make(session, actor, data, place, now)
        if made:
            return made, False
        known = admission.find(session, data)
        assert known is not None, "an insert that conflicts has met the row it conflicts with"
    _join(session, known, data, now)
    return known, True


def _make(session: Session, actor: Actor, data: LeadCreate, round_: _Round, now: datetime) -> Lead | None:
    wanted = assignment.Wanted(round_.source.auto_assign_to_user_id)
    chosen = assignment.choose(session, wanted, round_.today, now)
    user_id, team_id = (chosen.user_id, chosen.team_id) if chosen else (None, None)
    place = admission.Place(round_.source, user_id, team_id, round_.columns)
    lead = admission.make(session, actor.supplier_id, data, place, now)
    if lead:
        set_committed_value(lead, "assignee", chosen)
        session.add(_moved(lead, None, LeadStatus.NEW, actor.user_id, now))
    return lead


def _join(session: Session, lead: Lead, data: LeadCreate, now: datetime) -> None:
    """A known couple wrote again: complete what was empty; a lost lead reopens; a won one gets a task."""
    admission.complete(lead, data)
    lead.updated_at = now
    if lead.lead_status is LeadStatus.LOST:
        session.add(_moved(lead, LeadStatus.LOST, LeadStatus.NEW, None, now))
        lead.lead_status, lead.lost_reason, lead.lost_details = LeadStatus.NEW, None, None
        record_interaction(
            session,
            lead,
            InteractionType.STATUS_CHANGED,
            occurred_at=now,
            system=True,
            subject=f"{LeadStatus.LOST} → {LeadStatus.NEW}",
            metadata={"from": LeadStatus.LOST, "to": LeadStatus.NEW},
        )
    elif lead.lead_status is LeadStatus.WON:
        task = Task(
            supplier_id=lead.supplier_id,
            lead_id=lead.id,
            title="A booked couple wrote again: answer them",
            priority=Priority.HIGH,
            due_at=now,
            assigned_to_user_id=lead.assigned_to_user_id,
        )
        session.add(task)
        refresh_follow_up(session, lead.id)


def _moved(
    lead: Lead, before: LeadStatus | None, after: LeadStatus, user_id: UUID | None, now: datetime
) -> StatusHistory:
    return StatusHistory(
        supplier_id=lead.supplier_id,
        lead_id=lead.id,
        from_status=before,
        to_status=after,
        changed_by_user_id=user_id,
        reason="wrote again" if before else None,
        changed_at=now,
    )
