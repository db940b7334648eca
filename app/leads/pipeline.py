"""Reads for the pipeline: the same filtered leads, a lane a status; and what leads are called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select, union_all
from sqlalchemy.orm import Session

from app.kernel.keyset import order_by
from app.leads.filters import LeadFilters, criteria
from app.leads.queries import SHOWN
from app.models.choices import LeadStatus
from app.models.leads import Lead

LANES = (
    LeadStatus.NEW,
    LeadStatus.CONTACTED,
    LeadStatus.QUALIFIED,
    LeadStatus.PROPOSAL_SENT,
    LeadStatus.FOLLOW_UP,
    LeadStatus.NEGOTIATION,
    LeadStatus.WON,
    LeadStatus.LOST,
)
"""The way of a lead, from left to right."""


@dataclass
class Lane:
    """The leads of one status: how many, what they are worth, and the first of them.

    `value` is the money of bookings where they are won, else what the couples said they would spend.
    """

    status: LeadStatus
    count: int = 0
    value: Decimal = Decimal(0)
    leads: list[Lead] = field(default_factory=list)


def lanes(
    session: Session, filters: LeadFilters, where: ZoneInfo, sizes: Mapping[LeadStatus, int]
) -> list[Lane]:
    """The lanes of these statuses, in this order, each with its first leads; two statements.

    A status that the filters leave out has an empty lane.
    """
    found = {status: Lane(status) for status in sizes}
    for status, count, value in _totals(session, filters, where):
        if status in found:
            found[status].count, found[status].value = count, value
    wanted = {status: sizes[status] for status, lane in found.items() if lane.count}
    for lead in _firsts(session, filters, where, wanted):
        found[lead.lead_status].leads.append(lead)
    return list(found.values())


def names(session: Session, lead_ids: Sequence[UUID]) -> dict[UUID, str]:
    """What the leads of these ids are called; unknown ids are left out."""
    wanted = select(Lead).where(Lead.id == func.any(list(lead_ids)))
    return {lead.id: lead.couple for lead in session.scalars(wanted)}


def _totals(
    session: Session, filters: LeadFilters, where: ZoneInfo
) -> Sequence[tuple[LeadStatus, int, Decimal]]:
    worth = case((Lead.lead_status == LeadStatus.WON, Lead.conversion_value), else_=Lead.estimated_budget)
    totals = select(Lead.lead_status, func.count(), func.coalesce(func.sum(worth), 0))
    rows = session.execute(totals.where(*criteria(filters, where)).group_by(Lead.lead_status))
    return [(status, count, value) for status, count, value in rows]


def _firsts(
    session: Session, filters: LeadFilters, where: ZoneInfo, sizes: Mapping[LeadStatus, int]
) -> Sequence[Lead]:
    """The first leads of each status, in the order of the list."""
    if not sizes:
        return []
    order = order_by(filters.order)
    chosen = criteria(filters, where)
    firsts = (
        select(Lead.id).where(Lead.lead_status == status, *chosen).order_by(*order).limit(size).subquery()
        for status, size in sizes.items()
    )
    ids = union_all(*(select(first.c.id) for first in firsts))
    shown = select(Lead).options(*SHOWN).where(Lead.id.in_(ids)).order_by(*order)
    return session.scalars(shown).all()
