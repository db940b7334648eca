"""The row of a lead that is being changed: locked, its new values normalised, checked and compared."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import Role
from app.kernel.errors import Duplicate, InvalidInput, NotFound
from app.kernel.schema import normalise_phone
from app.leads.schemas import budget_range_of
from app.models.accounts import Membership, Team
from app.models.choices import LeadStatus
from app.models.conversions import Conversion
from app.models.leads import Lead, Task
from app.models.scoring import ScoreAdjustment

Row = TypeVar("Row", Task, Conversion, ScoreAdjustment)
NEVER_NULL = frozenset(
    {"lead_status", "priority_level", "preferred_contact_method", "automation_paused", "value_unknown"}
)
LISTS: dict[str, Any] = {"services_needed": [], "tags": [], "custom_fields": {}}
"""What null means where the column has none."""


def lock(session: Session, lead_id: UUID) -> Lead:
    """The lead as it is now, locked against other changes; NotFound."""
    wanted = select(Lead).where(Lead.id == lead_id).with_for_update(key_share=True)
    lead = session.scalars(wanted.execution_options(populate_existing=True)).first()
    if lead is None:
        raise NotFound("lead")
    return lead


def lock_both(session: Session, first: UUID, second: UUID) -> tuple[Lead, Lead]:
    """Two leads, locked in the order of their ids, so that nobody waits for each other."""
    locked = {lead_id: lock(session, lead_id) for lead_id in sorted((first, second))}
    return locked[first], locked[second]


def lock_with_lead(session: Session, kind: type[Row], row_id: UUID) -> tuple[Lead, Row]:
    """A task, conversion or score adjustment and its lead, both locked, the lead first; NotFound.

    While we wait for the lead it may be merged into another: the row went there, and so do we.
    """
    lead_id = session.scalar(select(kind.lead_id).where(kind.id == row_id))
    while lead_id is not None:
        with suppress(_Moved), session.begin_nested():
            lead = lock(session, lead_id)
            wanted = select(kind).where(kind.id == row_id).with_for_update()
            row = session.scalars(wanted.execution_options(populate_existing=True)).first()
            lead_id = None if row is None else row.lead_id
            if row is not None and lead_id == lead.id:
                return lead, row
            raise _Moved
    raise NotFound(re.sub("(?<=[a-z])(?=[A-Z])", " ", kind.__name__).lower())


class _Moved(Exception):
    """Leaves the savepoint, which unlocks the lead: nobody who wants both leads waits for us."""


def differing(session: Session, lead: Lead, given: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Of the given values, in the form we keep them, those that the lead does not have yet.

    Phones are read as they are dialled in `region` (ISO 3166). InvalidInput names what cannot be;
    Duplicate when another lead has the e-mail.
    """
    values = {name: _kept(name, value, region) for name, value in given.items()}
    if values.get("estimated_budget") is not None:
        values["budget_range"] = budget_range_of(values["estimated_budget"])
    found = {name: value for name, value in values.items() if getattr(lead, name) != value}
    _stays_reachable(lead, found)
    if found.get("primary_email"):
        _is_free(session, lead, found["primary_email"])
    return found


def _kept(name: str, value: Any, region: str) -> Any:
    if value is None and name in NEVER_NULL:
        raise InvalidInput.of(name, "not_null", f"'{name}' cannot be cleared; leave it out to keep it.")
    if value is None:
        return LISTS.get(name)
    return normalise_phone(value, region) if name.endswith("_phone") else value


def _stays_reachable(lead: Lead, found: Mapping[str, Any]) -> None:
    ways = ("primary_email", "primary_phone")
    if not any(found[way] if way in found else getattr(lead, way) for way in ways):
        cleared = next(way for way in ways if way in found)
        raise InvalidInput.of(cleared, "unreachable", "Keep at least an e-mail or a phone number.")


def _is_free(session: Session, lead: Lead, email: str) -> None:
    taken = select(Lead.id).where(
        Lead.primary_email == email, Lead.id != lead.id, Lead.lead_status != LeadStatus.DUPLICATE
    )
    other = session.scalar(taken)
    if other:
        message = f"Another lead has the e-mail {email}; merge the two, or correct the other one first."
        raise Duplicate(message, existing_id=str(other))


def check_places(session: Session, values: Mapping[str, Any]) -> None:
    """InvalidInput for a member or team that is not there, or cannot look after leads."""
    user_id, team_id = values.get("assigned_to_user_id"), values.get("team_id")
    if user_id:
        member_who_takes(session, user_id, "assigned_to_user_id")
    if team_id and session.scalar(select(Team.id).where(Team.id == team_id)) is None:
        raise InvalidInput.of("team_id", "unknown", "No team with this id.")


def member_who_takes(session: Session, user_id: UUID, field: str) -> Membership:
    """The active member who may look after leads and tasks; InvalidInput for anybody else."""
    member = session.scalars(select(Membership).where(Membership.user_id == user_id)).first()
    if member is None or not member.is_active:
        raise InvalidInput.of(field, "unknown", "No active member with this id.")
    if member.role is Role.VIEWER:
        raise InvalidInput.of(field, "viewer", "A viewer looks after no leads; choose another member.")
    return member


def before_of(lead: Lead, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(lead, name) for name in names}
