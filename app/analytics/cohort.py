"""The leads that a report is about: those created on its days, without spam and duplicates.

Days are those of the supplier's calendar.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Numeric, and_, cast, select
from sqlalchemy.orm import Session

from app.kernel.errors import InvalidInput
from app.kernel.zones import day_start, zone
from app.models.accounts import Supplier
from app.models.choices import UNCOUNTED_STATUSES
from app.models.leads import Lead

MOST_DAYS = 1_096
"""Three years."""

NO_MONEY = cast(0, Numeric(12, 2))
COUNTED = Lead.lead_status.not_in(UNCOUNTED_STATUSES)


@dataclass(frozen=True)
class Period:
    """Days of the supplier's calendar, both included."""

    start: date
    end: date
    where: ZoneInfo

    @property
    def begins(self) -> datetime:
        return day_start(self.start, self.where)

    @property
    def ends(self) -> datetime:
        """The first instant after it."""
        return day_start(self.end + timedelta(days=1), self.where)

    @property
    def cohort(self) -> ColumnElement[bool]:
        """Is the lead one of those created in the period, and counted?"""
        return and_(COUNTED, Lead.created_at >= self.begins, Lead.created_at < self.ends)


def period(session: Session, start: date, end: date) -> Period:
    """The days for the supplier in force; InvalidInput when they are reversed, too many or out of reach."""
    if end < start:
        raise InvalidInput.of("end_date", "before_start", f"end_date {end} is before start_date {start}.")
    if (end - start).days >= MOST_DAYS:
        raise InvalidInput.of("end_date", "too_long", f"A report covers at most {MOST_DAYS:,} days.")
    if start < date(1970, 1, 1) or end > date(2200, 12, 31):
        raise InvalidInput.of("start_date", "out_of_range", "Days go from 1970-01-01 to 2200-12-31.")
    return Period(start, end, zone(session.execute(select(Supplier.timezone)).scalar_one()))
