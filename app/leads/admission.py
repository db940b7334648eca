"""The row of a lead: found by its address, made, or completed by what a later inquiry adds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.kernel.schema import normalise_phone
from app.leads.schemas import LeadCreate, budget_range_of
from app.models.choices import LeadStatus
from app.models.leads import Lead
from app.models.sources import LeadSource

MOST_OF_A_NUMBER = 20
"""Leads with one number that a STOP is written down for; the number itself is stopped for all."""
_LOCK = 9
"""Of the advisory locks of a supplier; 7 is its date book, 8 its rules."""


@dataclass(frozen=True)
class Place:
    """Where a new lead goes: its source and the person who looks after it; and the columns that the caller's
    words do not fill, its first counters among them."""

    source: LeadSource
    assignee_id: UUID | None
    team_id: UUID | None
    columns: Mapping[str, Any]


def find(session: Session, data: LeadCreate) -> Lead | None:
    """The lead that knows this e-mail (primary or secondary, or that of a lead merged into it), locked; None
    when it is new."""
    if not data.primary_email:
        return None
    return _knows(session, data) or _merged(session, data)


def _knows(session: Session, data: LeadCreate) -> Lead | None:
    known = or_(Lead.primary_email == data.primary_email, Lead.secondary_email == data.primary_email)
    primary_first = (Lead.primary_email == data.primary_email).desc()
    wanted = select(Lead).where(known, Lead.lead_status != LeadStatus.DUPLICATE)
    locked = wanted.order_by(primary_first, Lead.id).limit(1).with_for_update(key_share=True)
    return session.scalars(locked).first()


def _merged(session: Session, data: LeadCreate) -> Lead | None:
    """The lead at the end of the merges of one with this e-mail."""
    repeats = (Lead.primary_email == data.primary_email, Lead.lead_status == LeadStatus.DUPLICATE)
    first = select(Lead.duplicate_of_id.label("id")).where(*repeats)
    walk = first.order_by(Lead.updated_at.desc()).limit(1).cte("walk", recursive=True)
    on = (
        select(Lead.duplicate_of_id).join(walk, Lead.id == walk.c.id).where(Lead.duplicate_of_id.is_not(None))
    )
    walk = walk.union(on)
    end = select(Lead).where(Lead.id.in_(select(walk.c.id)), Lead.lead_status != LeadStatus.DUPLICATE)
    return session.scalars(end.limit(1).with_for_update(key_share=True)).first()


def with_number(session: Session, number: str) -> list[Lead]:
    """Those with that telephone number (E.164), locked in the order of their ids; whom we last spoke to comes
    first, and there are 20 at most. Until the transaction ends nobody else is told of that number, so that of
    two who would make a lead by it one waits and finds the other's."""
    key = func.hashtextextended(func.current_setting("app.supplier_id") + number, _LOCK)
    session.execute(select(func.pg_advisory_xact_lock(key)))
    theirs = or_(Lead.primary_phone == number, Lead.secondary_phone == number)
    wanted = select(Lead).where(theirs, Lead.lead_status != LeadStatus.DUPLICATE).order_by(Lead.id)
    locked = session.scalars(wanted.limit(MOST_OF_A_NUMBER).with_for_update(key_share=True)).all()
    return sorted(locked, key=lambda lead: lead.last_contact_at or lead.created_at, reverse=True)


def make(session: Session, supplier_id: UUID, data: LeadCreate, place: Place, now: datetime) -> Lead | None:
    """Insert the lead; None when another transaction made one with this e-mail first (then `find` has it)."""
    assigned = 1 if place.assignee_id else 0  # the entry that says so, written with it
    statement = insert(Lead).values(
        id=uuid7(),
        supplier_id=supplier_id,
        lead_source_id=place.source.id,
        assigned_to_user_id=place.assignee_id,
        team_id=place.team_id,
        priority_level=place.source.default_priority,
        created_at=now,
        updated_at=now,
        **columns(data),
        **dict(place.columns) | {"total_interactions": place.columns["total_interactions"] + assigned},
    )
    return session.scalars(statement.on_conflict_do_nothing().returning(Lead)).first()


def dialled_from(data: LeadCreate, region: str) -> LeadCreate:
    """The same words with phone numbers in E.164, as they are dialled in `region` (ISO 3166)."""
    phones = {"primary_phone": data.primary_phone, "secondary_phone": data.secondary_phone}
    return data.model_copy(update={k: normalise_phone(v, region) for k, v in phones.items() if v})


def columns(data: LeadCreate) -> dict[str, Any]:
    """The columns that the caller's words fill; consent is not among them: it is read from its ledger."""
    said = data.model_dump(exclude={"consent_marketing", "consent_data_processing"})
    if data.estimated_budget is not None:
        said["budget_range"] = budget_range_of(data.estimated_budget)
    return said


_COMPLETED_BY_LATER = (
    "couple_name_bride",
    "couple_name_groom",
    "primary_phone",
    "wedding_date",
    "wedding_venue",
    "wedding_location",
    "estimated_guest_count",
    "estimated_budget",
    "budget_range",
)


def complete(lead: Lead, data: LeadCreate) -> list[str]:
    """Fill what was empty, add services and tags; never overwrite. The names of the fields that changed.

    A range that was said gives way to that of an amount.
    """
    said = columns(data)
    filled = [name for name in _COMPLETED_BY_LATER if getattr(lead, name) is None and said[name] is not None]
    if "estimated_budget" in filled and lead.budget_range not in (None, said["budget_range"]):
        filled.append("budget_range")
    for name in filled:
        setattr(lead, name, said[name])
    for name in ("services_needed", "tags"):
        joined = list(dict.fromkeys([*getattr(lead, name), *said[name]]))
        if joined != getattr(lead, name):
            setattr(lead, name, joined)
            filled.append(name)
    return filled
