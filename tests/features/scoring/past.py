"""A supplier's past: leads that are won or lost, with their scores as they stood."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from uuid_utils.compat import uuid7

from app.kernel.uow import unit_of_work
from app.models.choices import InteractionType, LeadStatus
from app.models.leads import Lead, LeadInteraction, StatusHistory
from tests.cast import House

NOW = datetime(2027, 6, 1, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=200)


def decided(house: House, leads: Iterable[dict[str, Any]]) -> list[UUID]:
    """Decided leads: `won`, columns of the lead, `scores` (days after the inquiry, score and, if
    it is said, what gave it) and `closed_after`
    (days)."""
    rows: dict[Any, list[dict[str, Any]]] = {Lead: [], StatusHistory: [], LeadInteraction: []}
    for said in leads:
        for kind, found in _rows(house, dict(said)).items():
            rows[kind] += found
    with unit_of_work(house.supplier_id) as session:
        for kind, found in rows.items():
            if found:
                session.execute(insert(kind), found)
    return [row["id"] for row in rows[Lead]]


def _rows(house: House, said: dict[str, Any]) -> dict[Any, list[dict[str, Any]]]:
    won, scores, days = said.pop("won"), said.pop("scores", ()), said.pop("closed_after", 30)
    status = said.pop("lead_status", LeadStatus.WON if won else LeadStatus.LOST)
    at = said.setdefault("created_at", LONG_AGO)
    common = {"supplier_id": house.supplier_id}
    lead = {
        **common,
        "id": uuid7(),
        "lead_source": "web",
        "primary_email": f"{uuid7().hex}@x.example",
        "lead_status": status,
        **said,
    }
    closed = {"lead_id": lead["id"], "from_status": "new", "to_status": status} | common
    closed |= {"id": uuid7(), "changed_at": at + timedelta(days=days)}
    entries, old = [], 0
    for after, score, *given in scores:
        entries.append(_entry(lead, at + timedelta(days=after), old, score))
        if given:
            entries[-1]["interaction_metadata"]["score_adjustments"] = given[0]
        old = score
    return {Lead: [lead], StatusHistory: [closed], LeadInteraction: entries}


def _entry(lead: dict[str, Any], at: datetime, old: int, new: int) -> dict[str, Any]:
    return {
        "supplier_id": lead["supplier_id"],
        "id": uuid7(),
        "lead_id": lead["id"],
        "interaction_type": InteractionType.SCORE_UPDATED,
        "interaction_metadata": {"old_score": old, "final_score": new},
        "is_system": True,
        "occurred_at": at,
    }
