"""Reads of leads for the REST API: one alone, pages by number with the figures of all, the timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kernel.errors import NotFound
from app.kernel.keyset import order_by
from app.kernel.numbered import Choice, Numbered, Place, numbered, rows
from app.kernel.rates import share
from app.leads.filters import COUNTED, LeadFilters
from app.leads.queries import listed
from app.models.choices import LeadStatus
from app.models.leads import Lead, LeadInteraction, LeadMerge


@dataclass(frozen=True)
class Summary:
    """Of the leads on all pages, without spam and duplicates."""

    total_leads: int
    new_leads: int
    qualified_leads: int
    converted_leads: int
    average_score: Decimal | None

    @property
    def conversion_rate(self) -> Decimal | None:
        """Won ÷ created, from 0 to 1; None without leads."""
        return share(self.converted_leads, self.total_leads)


def lead(session: Session, lead_id: UUID) -> Lead:
    """The lead as it stands alone; NotFound for an unknown id and for another supplier's."""
    found = session.scalar(select(Lead).where(Lead.id == lead_id))
    if found is None:
        raise NotFound("lead")
    return found


def leads(session: Session, filters: LeadFilters, where: ZoneInfo, place: Place) -> Sequence[Lead]:
    """A page of the list, in one statement."""
    order = order_by(filters.order)
    return rows(session, Choice(Lead, listed(filters, where), order), place)


def summary(session: Session, filters: LeadFilters, where: ZoneInfo) -> tuple[int, Summary]:
    """How many leads the list has, spam and duplicates too where they are asked for, and their figures."""
    count = func.count()
    total, *figures = session.execute(
        select(
            count,
            count.filter(COUNTED),
            count.filter(Lead.lead_status == LeadStatus.NEW),
            count.filter(Lead.lead_status == LeadStatus.QUALIFIED),
            count.filter(Lead.lead_status == LeadStatus.WON),
            func.round(func.avg(Lead.lead_score).filter(COUNTED), 1),
        ).where(*listed(filters, where))
    ).one()
    return total, Summary(*figures)


def interactions(session: Session, lead_id: UUID, place: Place) -> Numbered[LeadInteraction]:
    """A page of the lead's timeline, newest first; NotFound for a lead that is not there."""
    lead(session, lead_id)
    newest = (LeadInteraction.occurred_at.desc(), LeadInteraction.id.desc())
    return numbered(session, Choice(LeadInteraction, [LeadInteraction.lead_id == lead_id], newest), place)


def interaction(session: Session, interaction_id: UUID) -> LeadInteraction:
    """One entry; NotFound."""
    found = session.scalar(select(LeadInteraction).where(LeadInteraction.id == interaction_id))
    if found is None:
        raise NotFound("interaction")
    return found


def merge(session: Session, merge_id: UUID) -> LeadMerge:
    """One merge; NotFound."""
    found = session.scalar(select(LeadMerge).where(LeadMerge.id == merge_id))
    if found is None:
        raise NotFound("merge")
    return found
