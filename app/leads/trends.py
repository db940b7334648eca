"""How the last twelve weeks went, for the dashboard. Weeks begin on Monday, in the supplier's zone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Date,
    Interval,
    Numeric,
    Subquery,
    and_,
    cast,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.orm import Session

from app.kernel.rates import share
from app.kernel.zones import day_of, day_start
from app.leads.filters import COUNTED
from app.models.choices import OPEN_STATUSES, LeadStatus
from app.models.leads import Lead

WEEKS = 12
_WON = Lead.lead_status == LeadStatus.WON
_NO_MONEY = cast(0, Numeric(12, 2))
_ANSWER = Lead.first_response_at - Lead.created_at


@dataclass(frozen=True)
class Week:
    """The leads created in the week, spam and duplicates left out, and what was won in it. Money is in the
    supplier's currency."""

    monday: date
    leads: int
    won_of_them: int
    """Of the leads created in the week, whenever they were won."""
    average_score: Decimal | None
    pipeline_value: Decimal
    """The estimated budgets of those that are open today."""
    median_response: timedelta | None
    won: int
    """Leads won in the week, whenever they were created."""
    revenue: Decimal

    @property
    def conversion_rate(self) -> Decimal | None:
        return share(self.won_of_them, self.leads)

    @property
    def response_hours(self) -> float | None:
        return self.median_response / timedelta(hours=1) if self.median_response is not None else None


@dataclass(frozen=True)
class Lately:
    """This month's bookings, and how fast people answered the leads of the last twelve weeks."""

    won: int
    revenue: Decimal
    responses: int
    median_response: timedelta | None


def weeks(session: Session, where: ZoneInfo, now: datetime) -> list[Week]:
    """The last twelve weeks, the running one last, in one statement."""
    first = _monday(now, where) - timedelta(weeks=WEEKS - 1)
    starts = select(
        (literal(first, Date) + func.generate_series(0, WEEKS - 1) * 7).label("monday")
    ).subquery()
    made, won = _made(first, where), _won(first, where)
    rows = session.execute(
        select(
            starts.c.monday,
            func.coalesce(made.c.leads, 0),
            func.coalesce(made.c.won, 0),
            made.c.score,
            func.coalesce(made.c.value, _NO_MONEY),
            made.c.response,
            func.coalesce(won.c.leads, 0),
            func.coalesce(won.c.value, _NO_MONEY),
        )
        .select_from(starts)
        .outerjoin(made, made.c.monday == starts.c.monday)
        .outerjoin(won, won.c.monday == starts.c.monday)
        .order_by(starts.c.monday)
    )
    return [Week(*row) for row in rows]


def lately(session: Session, where: ZoneInfo, now: datetime) -> Lately:
    """In one statement."""
    today = day_of(now, where)
    month = day_start(today.replace(day=1), where)
    begins = day_start(_monday(now, where) - timedelta(weeks=WEEKS - 1), where)
    won = select(func.count(), func.coalesce(func.sum(Lead.conversion_value), _NO_MONEY)).where(
        _WON, Lead.converted_at >= month
    )
    answered = select(func.count(_ANSWER), _median()).where(COUNTED, Lead.created_at >= begins)
    one, other = won.subquery(), answered.subquery()
    return Lately(*session.execute(select(*one.c, *other.c).select_from(one).join(other, true())).one())


def _median() -> ColumnElement[Any]:
    """PostgreSQL takes no part of the rows whose value is null."""
    return func.percentile_cont(0.5, type_=Interval).within_group(_ANSWER)


def _made(first: date, where: ZoneInfo) -> Subquery:
    monday = _week_of(Lead.created_at, where)
    opened = Lead.lead_status.in_(OPEN_STATUSES)
    return (
        select(
            monday.label("monday"),
            func.count().label("leads"),
            func.count().filter(_WON).label("won"),
            func.avg(Lead.lead_score).label("score"),
            func.sum(Lead.estimated_budget).filter(opened).label("value"),
            _median().label("response"),
        )
        .where(COUNTED, Lead.created_at >= day_start(first, where))
        .group_by(monday)
        .subquery()
    )


def _won(first: date, where: ZoneInfo) -> Subquery:
    monday = _week_of(Lead.converted_at, where)
    value = func.sum(Lead.conversion_value).label("value")
    return (
        select(monday.label("monday"), func.count().label("leads"), value)
        .where(and_(_WON, Lead.converted_at >= day_start(first, where)))
        .group_by(monday)
        .subquery()
    )


def _week_of(instant: Any, where: ZoneInfo) -> ColumnElement[date]:
    return cast(func.date_trunc("week", func.timezone(where.key, instant)), Date)


def _monday(now: datetime, where: ZoneInfo) -> date:
    today = day_of(now, where)
    return today - timedelta(days=today.weekday())
