"""How the score of a lead moved, and which points moved it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.models.choices import InteractionType
from app.models.leads import LeadInteraction

MOST = 100


@dataclass(frozen=True)
class MovedBy:
    """A rule, the bounds of a group, or points given by hand: what it gave before, and since."""

    name: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True)
class ScoreStep:
    """One change of the score. `cause` is `change` (of the lead), `rules`, `asked`, `night` or `day`; of
    entries that do not say it, empty. `moved` is what differs from the change before, the most first."""

    occurred_at: datetime
    old_score: int
    new_score: int
    cause: str
    moved: list[MovedBy]


def history(
    session: Session, lead_id: UUID, most: int = 20, before: datetime | None = None
) -> list[ScoreStep]:
    """The last `most` changes (up to 100), newest first, those earlier than `before`; one statement.

    Changes of one moment are not parted, so there may be a few more.
    """
    rows = session.execute(_steps(lead_id, max(1, min(most, MOST)), before)).all()
    newest_first = sorted(rows, key=lambda row: (row[0].occurred_at, row[0].id), reverse=True)
    return [_step(entry, earlier) for entry, earlier in newest_first]


def _steps(lead_id: UUID, most: int, before: datetime | None) -> Select[LeadInteraction, Any]:
    """Each change with what the one before it noted."""
    earlier = aliased(LeadInteraction)
    noted = (
        select(earlier.interaction_metadata)
        .where(
            earlier.supplier_id == LeadInteraction.supplier_id,
            earlier.lead_id == LeadInteraction.lead_id,
            earlier.interaction_type == InteractionType.SCORE_UPDATED,
            tuple_(earlier.occurred_at, earlier.id) < tuple_(LeadInteraction.occurred_at, LeadInteraction.id),
        )
        .order_by(earlier.occurred_at.desc(), earlier.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    its = (
        LeadInteraction.lead_id == lead_id,
        LeadInteraction.interaction_type == InteractionType.SCORE_UPDATED,
        *([] if before is None else [LeadInteraction.occurred_at < before]),
    )
    newest: Select[LeadInteraction, Any] = select(LeadInteraction, noted).where(*its)
    return newest.order_by(LeadInteraction.occurred_at.desc()).fetch(most, with_ties=True)


def _step(entry: LeadInteraction, earlier: Mapping[str, Any] | None) -> ScoreStep:
    said = entry.interaction_metadata
    return ScoreStep(
        entry.occurred_at,
        int(said.get("old_score") or 0),
        int(said.get("final_score") or 0),
        str(said.get("cause") or ""),
        _moved(_BEGINNING if earlier is None else earlier, said),
    )


_BEGINNING: Mapping[str, Any] = {"final_score": 0, "score_adjustments": []}


def _moved(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> list[MovedBy]:
    """Nothing when either does not say what gave the points, or one does not begin where the other ended, as
    when a merge brought the entries of another lead."""
    if "score_adjustments" not in earlier or "score_adjustments" not in later:
        return []
    if earlier.get("final_score") != later.get("old_score"):
        return []
    old, new, nothing = _points(earlier), _points(later), Decimal(0)
    each = (MovedBy(name, old.get(name, nothing), new.get(name, nothing)) for name in {**new, **old})
    differing = (one for one in each if one.before != one.after)
    return sorted(differing, key=lambda one: -abs(one.after - one.before))


def _points(said: Mapping[str, Any]) -> dict[str, Decimal]:
    """By name; rules of one name count together."""
    summed: dict[str, Decimal] = {}
    for part in said["score_adjustments"]:
        points = Decimal(str(part["adjustment"]))
        summed[part["rule_name"]] = summed.get(part["rule_name"], Decimal(0)) + points
    return summed
