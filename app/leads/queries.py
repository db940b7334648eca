"""Reads for the pages: the lead list, and the figures and queues of the dashboard."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.orm import Session, joinedload

from app.kernel.keyset import Cut, Page, fetch
from app.kernel.rates import Interval, share, wilson
from app.kernel.zones import day_of, day_start
from app.leads.filters import COUNTED, LeadFilters, criteria, shown
from app.leads.search import settle
from app.models.accounts import AuditEntry, Membership
from app.models.choices import OPEN_STATUSES, LeadStatus
from app.models.leads import Lead
from app.models.sources import LeadSource

_OPEN = Lead.lead_status.in_(OPEN_STATUSES)
SHOWN = (joinedload(Lead.source), joinedload(Lead.assignee).joinedload(Membership.user))


MOST_COUNTED = 50_000
"""Figures are those of at most so many leads, the newest."""
_LATEST_CHANGES = 100


@dataclass(frozen=True)
class Figures:
    """Totals over leads, spam and duplicates left out. Money is in the supplier's currency."""

    total: int
    """Up to `MOST_COUNTED`; then there may be more."""
    open: int
    won: int
    new_this_week: int
    average_score: Decimal | None
    pipeline_value: Decimal
    """The estimated budgets of open leads, and of how many none is known."""
    open_without_budget: int

    @property
    def are_capped(self) -> bool:
        """Are these the figures of the newest leads alone?"""
        return self.total == MOST_COUNTED

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
    known = settle(session, filters)
    return fetch(session, select(Lead).options(*SHOWN).where(*listed(known, where)), known.order, cut)


def figures(session: Session, where: ZoneInfo, now: datetime, filters: LeadFilters | None = None) -> Figures:
    """The totals of the leads that the filters let through, in one statement that reads one index.

    Other filters than search, status and score read the table as well. At most the newest
    `MOST_COUNTED` are counted.
    """
    chosen = criteria(settle(session, filters), where) if filters else []
    week = day_of(now, where)
    monday = day_start(week - timedelta(days=week.weekday()), where)
    newest = (
        select(Lead.lead_status, Lead.created_at, Lead.lead_score, Lead.estimated_budget)
        .where(COUNTED, *chosen)
        .order_by(Lead.created_at.desc(), Lead.id.desc())
        .limit(MOST_COUNTED)
        .subquery()
    )
    lead, count = newest.c, func.count()
    is_open = lead.lead_status.in_(OPEN_STATUSES)
    row = session.execute(
        select(
            count,
            count.filter(is_open),
            count.filter(lead.lead_status == LeadStatus.WON),
            count.filter(lead.created_at >= monday),
            func.avg(lead.lead_score),
            func.coalesce(func.sum(lead.estimated_budget).filter(is_open), 0),
            count.filter(is_open, lead.estimated_budget.is_(None)),
        ).select_from(newest)
    ).one()
    return Figures(*row)


def latest(session: Session, most: int) -> list[Lead]:
    """The newest leads, spam and duplicates left out."""
    shown = select(Lead).options(joinedload(Lead.source)).where(COUNTED)
    return list(session.scalars(shown.order_by(Lead.created_at.desc(), Lead.id.desc()).limit(most)))


def sources(session: Session) -> list[LeadSource]:
    """Every source by name, for choosing one."""
    return list(session.scalars(select(LeadSource).order_by(LeadSource.source_name)))


def mark(session: Session) -> str:
    """A mark that is another one when any lead was changed, added or deleted.

    `updated_at` is when a transaction began, so one that began early and commits late is not the latest
    change: the latest few tell. A lead that is gone left its entry in the audit log.
    """
    changes = select(Lead.id, Lead.updated_at).order_by(Lead.updated_at.desc(), Lead.id.desc())
    entries = select(AuditEntry.id).order_by(AuditEntry.occurred_at.desc()).limit(_LATEST_CHANGES)
    latest_changes, latest_entries = changes.limit(_LATEST_CHANGES).subquery(), entries.subquery()
    row = func.concat(latest_changes.c.id, func.extract("epoch", latest_changes.c.updated_at))
    of_leads = select(func.string_agg(row, "")).scalar_subquery()
    of_entries = select(func.string_agg(cast(latest_entries.c.id, Text), "")).scalar_subquery()
    found: str = session.execute(select(func.md5(func.concat(of_leads, of_entries)))).scalar_one()
    return found


def listed(filters: LeadFilters, where: ZoneInfo) -> list[ColumnElement[Any]]:
    """What a lead of the list must fulfil; spam and duplicates only if their status is asked for."""
    return [*shown(filters), *criteria(filters, where)]
