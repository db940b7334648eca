"""Figures, trend and funnel of a period, computed from the facts.

The figures and the funnel are those of a cohort: the leads created in the period, whatever the day
something happened to them. The trend counts by the day it happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, Numeric, Select, Subquery, and_, case, cast, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.analytics.cohort import COUNTED, NO_MONEY, Period
from app.kernel.rates import Interval, share, wilson
from app.models.choices import LeadStatus
from app.models.leads import Lead, StatusHistory

STAGES = (
    LeadStatus.NEW,
    LeadStatus.CONTACTED,
    LeadStatus.QUALIFIED,
    LeadStatus.PROPOSAL_SENT,
    LeadStatus.NEGOTIATION,
    LeadStatus.WON,
)
"""The funnel, in order. `follow_up` is a flag, not a stage."""


@dataclass(frozen=True)
class Metrics:
    """Of the leads created in the period. Money is in the supplier's currency; null is unknown."""

    leads_created: int
    leads_qualified: int
    """Ever reached qualified or a later stage."""
    leads_converted: int
    leads_lost: int
    average_lead_score: Decimal | None
    average_days_to_conversion: Decimal | None
    total_conversion_value: Decimal

    @property
    def conversion_rate(self) -> Decimal | None:
        """Won ÷ created."""
        return share(self.leads_converted, self.leads_created)

    @property
    def conversion_interval(self) -> Interval | None:
        return wilson(self.leads_converted, self.leads_created)


@dataclass(frozen=True)
class TrendDay:
    """A day of the supplier's calendar: the leads created on it and those won on it, with their value."""

    date: date
    leads_created: int
    leads_converted: int
    conversion_value: Decimal


@dataclass(frozen=True)
class FunnelStage:
    """How many leads ever reached the stage or a later one.

    `percentage` is of the first stage, the drop-off rate is from the stage before.
    """

    stage: LeadStatus
    count: int
    percentage: Decimal | None
    drop_off_rate: Decimal | None


def metrics(session: Session, period: Period) -> Metrics:
    """The figures of the cohort, in one statement."""
    won = Lead.lead_status == LeadStatus.WON
    days = func.extract("epoch", Lead.converted_at - Lead.created_at) / 86_400
    reached = _reached(period).subquery()
    row = session.execute(
        select(
            func.count(),
            func.count().filter(reached.c.stage >= STAGES.index(LeadStatus.QUALIFIED)),
            func.count().filter(won),
            func.count().filter(Lead.lead_status == LeadStatus.LOST),
            func.round(func.avg(Lead.lead_score), 1),
            func.round(cast(func.avg(days).filter(won), Numeric), 1),
            func.coalesce(func.sum(Lead.conversion_value).filter(won), NO_MONEY),
        )
        .select_from(Lead)
        .outerjoin(reached, reached.c.lead_id == Lead.id)
        .where(period.cohort)
    ).one()
    return Metrics(*row)


def trend(session: Session, period: Period) -> list[TrendDay]:
    """Each day of the period, those without anything too, in one statement."""
    length = (period.end - period.start).days
    days = select((literal(period.start, Date) + func.generate_series(0, length)).label("day")).subquery()
    created = _by_day(Lead.created_at, period)
    won = _by_day(Lead.converted_at, period, Lead.lead_status == LeadStatus.WON)
    rows = session.execute(
        select(
            days.c.day,
            func.coalesce(created.c.leads, 0),
            func.coalesce(won.c.leads, 0),
            func.coalesce(won.c.value, NO_MONEY),
        )
        .select_from(days)
        .outerjoin(created, created.c.day == days.c.day)
        .outerjoin(won, won.c.day == days.c.day)
        .order_by(days.c.day)
    )
    return [TrendDay(*row) for row in rows]


def funnel(session: Session, period: Period) -> list[FunnelStage]:
    """The stages that the cohort reached, by its status history, in one statement."""
    reached = _reached(period).subquery()
    counts = session.execute(
        select(*(func.count().filter(reached.c.stage >= index) for index in range(len(STAGES)))).select_from(
            reached
        )
    ).one()
    return [_stage(index, tuple(counts)) for index in range(len(STAGES))]


def _stage(index: int, counts: Sequence[int]) -> FunnelStage:
    of_all, of_before = share(counts[index], counts[0]), share(counts[index], counts[index - 1])
    return FunnelStage(
        stage=STAGES[index],
        count=counts[index],
        percentage=None if of_all is None else of_all * 100,
        drop_off_rate=None if index == 0 or of_before is None else 1 - of_before,
    )


def _reached(period: Period) -> Select[Any]:
    """Each lead of the cohort with the furthest stage it ever was in; every lead was new."""
    stage = case(
        {status: index for index, status in enumerate(STAGES)}, value=StatusHistory.to_status, else_=0
    )
    moves = and_(
        StatusHistory.supplier_id == Lead.supplier_id,
        StatusHistory.lead_id == Lead.id,
        StatusHistory.to_status.in_(STAGES[1:]),
    )
    return (
        select(Lead.id.label("lead_id"), func.coalesce(func.max(stage), 0).label("stage"))
        .outerjoin(StatusHistory, moves)
        .where(period.cohort)
        .group_by(Lead.supplier_id, Lead.id)
    )


def _by_day(
    instant: InstrumentedAttribute[Any], period: Period, *conditions: ColumnElement[bool]
) -> Subquery:
    """Counted leads and their booked value by the day of that instant in the supplier's zone."""
    day = cast(func.timezone(period.where.key, instant), Date)
    return (
        select(day.label("day"), func.count().label("leads"), func.sum(Lead.conversion_value).label("value"))
        .where(COUNTED, instant >= period.begins, instant < period.ends, *conditions)
        .group_by(day)
        .subquery()
    )
