"""What was known of the decided leads when they inquired: facts that cannot know the ending."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, column, exists, func, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import Session

from app.kernel import tenancy
from app.models.accounts import AuditEntry, Supplier
from app.models.choices import ConsentPurpose
from app.models.leads import Lead
from app.models.privacy import ConsentEvent
from app.scoring import facts
from app.scoring.decided import newest
from app.scoring.facts import AsOf

CHANGING = (
    *("estimated_budget", "estimated_guest_count", "wedding_date", "wedding_venue"),
    *("services_needed", "primary_phone"),
)
"""Columns that people may have changed since."""


@dataclass(frozen=True)
class AtInquiry:
    """A decided lead as it came in. `services` are in lower case, `days` those until the wedding."""

    won: bool
    source: str | None = None
    budget: Decimal | None = None
    guests: int | None = None
    days: int | None = None
    services: frozenset[str] = frozenset()
    has_venue: bool = False
    has_phone: bool = False
    agreed: bool = False
    """To marketing."""


def at_inquiry(session: Session, now: datetime) -> list[AtInquiry]:
    """The newest 20,000 decided leads; two statements.

    What was changed by hand since stands in the audit log as it was before: a venue that was entered when
    the couple booked is none of the inquiry's.
    """
    timezone = session.get_one(Supplier, tenancy.supplier_id()).timezone
    return [_fact(row) for row in session.execute(_decided(AsOf.inquiry(timezone), now))]


def _decided(moment: AsOf, now: datetime) -> Select[Any]:
    leads = newest(now)
    return select(
        leads.c.won,
        facts.source(moment).label("source"),
        moment.day.label("day"),
        *(getattr(Lead, name) for name in CHANGING),
        _agreed().label("agreed"),
        _first_values().label("was"),
    ).join(leads, and_(leads.c.supplier_id == Lead.supplier_id, leads.c.id == Lead.id))


def _agreed() -> ColumnElement[bool]:
    """By the ledger: the lead's own column is what it said last."""
    return (
        exists()
        .where(
            ConsentEvent.supplier_id == Lead.supplier_id,
            ConsentEvent.lead_id == Lead.id,
            ConsentEvent.occurred_at <= Lead.created_at,
            ConsentEvent.purpose == ConsentPurpose.MARKETING,
            ConsentEvent.given,
        )
        .correlate(Lead)
    )


def _first_values() -> ColumnElement[Any]:
    """As JSON, each field that was changed with its value before the first change: of one key that comes
    several times JSONB keeps the last."""
    one = func.jsonb_each(AuditEntry.before).table_valued(
        "key", column("value", JSONB), joins_implicitly=True
    )
    newest_first = aggregate_order_by(one.c.value, AuditEntry.occurred_at.desc(), AuditEntry.id.desc())
    return (
        select(func.jsonb_object_agg(one.c.key, newest_first))
        .where(
            AuditEntry.supplier_id == Lead.supplier_id,
            AuditEntry.table_name == Lead.__tablename__,
            AuditEntry.row_id == Lead.id,
            AuditEntry.action == "updated",
            one.c.key.in_(CHANGING),
        )
        .correlate(Lead)
        .scalar_subquery()
    )


def _fact(row: Row[Any]) -> AtInquiry:
    was: Mapping[str, Any] = row.was or {}

    def then(name: str) -> Any:
        return was[name] if name in was else getattr(row, name)

    budget, wedding = then("estimated_budget"), then("wedding_date")
    wedding = date.fromisoformat(wedding) if isinstance(wedding, str) else wedding
    return AtInquiry(
        won=row.won,
        source=row.source,
        budget=None if budget is None else Decimal(budget),
        guests=then("estimated_guest_count"),
        days=None if wedding is None else (wedding - row.day).days,
        services=frozenset(service.lower() for service in then("services_needed") or ()),
        has_venue=then("wedding_venue") is not None,
        has_phone=then("primary_phone") is not None,
        agreed=row.agreed,
    )
