"""Reads for the pages: the lead list, and the figures and queues of the dashboard."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from app.kernel.keyset import Cut, Page, fetch
from app.kernel.rates import Interval, share, wilson
from app.kernel.zones import day_of, day_start
from app.leads.filters import LeadFilters, criteria
from app.models.accounts import Membership
from app.models.choices import OPEN_STATUSES, UNCOUNTED_STATUSES, LeadStatus
from app.models.leads import Lead, Task
from app.models.sources import LeadSource

_COUNTED = Lead.lead_status.not_in(UNCOUNTED_STATUSES)
_OPEN = Lead.lead_status.in_(OPEN_STATUSES)
_SHOWN = (joinedload(Lead.source), joinedload(Lead.assignee).joinedload(Membership.user))


@dataclass(frozen=True)
class Figures:
    """Totals over leads, spam and duplicates left out. Money is in the supplier's currency."""

    total: int
    open: int
    won: int
    new_this_week: int
    average_score: Decimal | None
    pipeline_value: Decimal
    """The estimated budgets of open leads, and of how many none is known."""
    open_without_budget: int

    @property
    def conversion_rate(self) -> Decimal | None:
        """Won ÷ created, of the leads counted here (a cohort by creation); None without leads."""
        return share(self.won, self.total)

    @property
    def conversion_interval(self) -> Interval | None:
        """The 95 % interval of the rate; None without leads."""
        return wilson(self.won, self.total)


def page(session: Session, filters: LeadFilters, where: ZoneInfo, cut: Cut) -> Page[tuple[Lead]]:
    """A page of the list with source and assignee; spam and duplicates only if their status is asked for."""
    statement = select(Lead).options(*_SHOWN).where(*listed(filters, where))
    return fetch(session, statement, filters.order, cut)


def figures(session: Session, where: ZoneInfo, now: datetime, filters: LeadFilters | None = None) -> Figures:
    """The totals of every lead that the filters let through, in one statement."""
    chosen = criteria(filters, where) if filters else []
    week = day_of(now, where)
    monday = day_start(week - timedelta(days=week.weekday()), where)
    count = func.count()
    row = session.execute(
        select(
            count,
            count.filter(_OPEN),
            count.filter(Lead.lead_status == LeadStatus.WON),
            count.filter(Lead.created_at >= monday),
            func.avg(Lead.lead_score),
            func.coalesce(func.sum(Lead.estimated_budget).filter(_OPEN), 0),
            count.filter(_OPEN, Lead.estimated_budget.is_(None)),
        ).where(_COUNTED, *chosen)
    ).one()
    return Figures(*row)


def latest(session: Session, most: int) -> list[Lead]:
    """The newest leads, spam and duplicates left out."""
    shown = select(Lead).options(joinedload(Lead.source)).where(_COUNTED)
    return list(session.scalars(shown.order_by(Lead.created_at.desc(), Lead.id.desc()).limit(most)))


def tasks_due(session: Session, before: datetime, most: int) -> list[Task]:
    """Open tasks of open leads that are due before that instant, the longest waiting first."""
    statement = (
        select(Task)
        .join(Task.lead)
        .options(joinedload(Task.lead))
        .where(Task.completed_at.is_(None), Task.due_at < before, _OPEN)
        .order_by(Task.due_at, Task.id)
        .limit(most)
    )
    return list(session.scalars(statement))


def sources(session: Session) -> list[LeadSource]:
    """Every source by name, for choosing one."""
    return list(session.scalars(select(LeadSource).order_by(LeadSource.source_name)))


def last_change(session: Session) -> datetime | None:
    """When any lead last changed: what a list compares to see whether it is still current."""
    return session.scalar(select(func.max(Lead.updated_at)))


def listed(filters: LeadFilters, where: ZoneInfo) -> list[ColumnElement[Any]]:
    """What a lead of the list must fulfil; spam and duplicates only if their status is asked for."""
    shown = [] if filters.status else [_COUNTED]
    return [*shown, *criteria(filters, where)]
