"""What moves when one lead turns out to repeat another, and back when it does not after all."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, select, update
from sqlalchemy.orm import Session

from app.models.capture import DateEntry, Inquiry, Touchpoint
from app.models.conversions import Conversion
from app.models.leads import Lead, LeadInteraction, Task
from app.models.messaging import Message
from app.models.notices import Notice
from app.models.nurture import Enrollment
from app.models.scoring import ScoreAdjustment

CHILDREN: tuple[Any, ...] = (
    LeadInteraction,
    Inquiry,
    Task,
    Touchpoint,
    Message,
    Enrollment,
    Conversion,
    ScoreAdjustment,
    DateEntry,
    Notice,
)
"""What hangs on a lead and moves with a merge. History of status and consent is append-only and stays."""
FILLED = (
    "couple_name_bride",
    "couple_name_groom",
    "secondary_email",
    "primary_phone",
    "secondary_phone",
    "wedding_date",
    "wedding_venue",
    "wedding_location",
    "estimated_guest_count",
    "estimated_budget",
    "budget_range",
    "specific_requirements",
    "additional_notes",
    "quality_rating",
    "assigned_to_user_id",
    "team_id",
)
_READ: dict[str, Any] = {
    "wedding_date": date.fromisoformat,
    "estimated_budget": Decimal,
    "quality_rating": Decimal,
    "assigned_to_user_id": UUID,
    "team_id": UUID,
}


def move_children(session: Session, loser: UUID, winner: UUID) -> dict[str, list[str]]:
    """Hang everything of the loser on the winner; the ids that moved, by table. A day that both have in the
    date book stays where it is."""
    session.flush()
    moved: dict[str, list[str]] = {}
    for child in CHILDREN:
        wanted = update(child).where(child.lead_id == loser).values(lead_id=winner)
        if child is DateEntry:
            theirs = select(DateEntry.on_date).where(DateEntry.lead_id == winner).scalar_subquery()
            wanted = wanted.where(DateEntry.on_date.not_in(theirs))
        found = session.scalars(wanted.returning(child.id).execution_options(synchronize_session=False)).all()
        if found:
            moved[child.__tablename__] = [str(one) for one in found]
    session.expire_all()
    return moved


def move_back(session: Session, moved: Mapping[str, Any], winner: UUID, loser: UUID) -> dict[str, int]:
    """Hang on the loser again what came from it and is still the winner's; how many rows, by table."""
    session.flush()
    counts: dict[str, int] = {}
    for child in CHILDREN:
        ids = [UUID(one) for one in moved.get(child.__tablename__, [])]
        if ids:
            mine = (child.lead_id == winner, child.id == any_(literal(ids, ARRAY(Uuid()))))
            back = update(child).where(*mine).values(lead_id=loser).returning(child.id)
            found = session.scalars(back.execution_options(synchronize_session=False)).all()
            counts[child.__tablename__] = len(found)
    session.expire_all()
    return counts


def fill(winner: Lead, loser: Lead) -> dict[str, Any]:
    """Complete the winner with what only the loser knows; each filled field's value before and after, as
    JSON has them."""
    values = {name: getattr(loser, name) for name in FILLED if getattr(winner, name) is None}
    if loser.primary_email != winner.primary_email and winner.secondary_email is None:
        values["secondary_email"] = loser.primary_email or loser.secondary_email
    for name in ("services_needed", "tags"):
        values[name] = list(dict.fromkeys([*getattr(winner, name), *getattr(loser, name)]))
    values["custom_fields"] = loser.custom_fields | winner.custom_fields
    filled: dict[str, Any] = {}
    for name, value in values.items():
        before = getattr(winner, name)
        if value is not None and value != before:
            setattr(winner, name, value)
            filled[name] = [_json(before), _json(value)]
    return filled


def empty(winner: Lead, filled: Mapping[str, Any]) -> None:
    """Take back what `fill` gave, unless somebody has changed it since."""
    for name, (before, after) in filled.items():
        if _json(getattr(winner, name)) == after:
            setattr(winner, name, _read(name, before))


def _json(value: Any) -> Any:
    return str(value) if isinstance(value, UUID | Decimal | date) else value


def _read(name: str, value: Any) -> Any:
    return _READ[name](value) if value is not None and name in _READ else value
