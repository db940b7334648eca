"""Facts that a rule may ask about and that no column holds: read for each lead, as of a moment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Integer,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.models.capture import DateEntry
from app.models.choices import OPEN_STATUSES, InteractionType
from app.models.lead_facts import is_reply
from app.models.leads import Lead, LeadInteraction
from app.models.sources import LeadSource

RECENT = timedelta(days=30)


@dataclass(frozen=True)
class AsOf:
    """The moment a score is computed for: the instant, and the day it is in the supplier's zone.

    Either may be an expression over the lead, to ask what was so when it inquired.
    """

    now: datetime | ColumnElement[datetime]
    today: date | ColumnElement[date]
    timezone: str

    @classmethod
    def inquiry(cls, timezone: str) -> "AsOf":
        """For each lead the moment it inquired."""
        return cls(Lead.created_at.expression, _day(Lead.created_at, timezone), timezone)

    @property
    def instant(self) -> ColumnElement[datetime]:
        return self.now if isinstance(self.now, ColumnElement) else literal(self.now, DateTime(timezone=True))

    @property
    def day(self) -> ColumnElement[date]:
        return self.today if isinstance(self.today, ColumnElement) else literal(self.today, Date)


Reader = Callable[[AsOf], ColumnElement[Any]]


def source(_as_of: AsOf) -> ColumnElement[Any]:
    """The slug of the lead's source, however the source was named; without one, what was said."""
    slug = select(LeadSource.slug).where(
        LeadSource.supplier_id == Lead.supplier_id, LeadSource.id == Lead.lead_source_id
    )
    return func.coalesce(slug.correlate(Lead).scalar_subquery(), Lead.lead_source)


def days_until_wedding(as_of: AsOf) -> ColumnElement[Any]:
    return Lead.wedding_date - as_of.day


def days_since(column: Any) -> Reader:
    """Days of the supplier's calendar."""
    return lambda as_of: as_of.day - _day(column, as_of.timezone)


def weeks_of_silence(as_of: AsOf) -> ColumnElement[int]:
    """Whole weeks since the two last spoke, or since the inquiry."""
    spoke = func.greatest(Lead.last_contact_at, Lead.created_at)
    days = as_of.day - _day(spoke, as_of.timezone)
    return cast(func.greatest(days, 0), Integer).op("/")(7)


def replies_30d(as_of: AsOf) -> ColumnElement[Any]:
    """E-mails and text messages of the couple, without the one that was its inquiry."""
    return _recent(as_of, is_reply())


def human_clicks_30d(as_of: AsOf) -> ColumnElement[Any]:
    """Clicks in e-mails, without those that are marked as a machine's."""
    by_machine = LeadInteraction.interaction_metadata["is_machine"].astext == "true"
    return _recent(
        as_of,
        LeadInteraction.interaction_type == InteractionType.EMAIL_CLICKED,
        func.coalesce(by_machine, literal(False)).is_(False),
    )


def date_is_free(as_of: AsOf) -> ColumnElement[Any]:
    """Is the wedding day neither booked nor blocked nor held, unless for this lead? Null without a day."""
    taken = exists().where(
        DateEntry.supplier_id == Lead.supplier_id,
        DateEntry.on_date == Lead.wedding_date,
        or_(DateEntry.lead_id.is_(None), DateEntry.lead_id != Lead.id),
        DateEntry.in_force(as_of.instant),
    )
    return case((Lead.wedding_date.is_not(None), ~taken.correlate(Lead)))


def rival_leads(_as_of: AsOf) -> ColumnElement[Any]:
    """How many other open leads want the same day. Null without a day."""
    rival = aliased(Lead)
    others = select(func.count()).where(
        rival.supplier_id == Lead.supplier_id,
        rival.wedding_date == Lead.wedding_date,
        rival.id != Lead.id,
        rival.lead_status.in_(sorted(OPEN_STATUSES)),
    )
    return case((Lead.wedding_date.is_not(None), others.correlate(Lead).scalar_subquery()))


def _recent(as_of: AsOf, *which: ColumnElement[bool]) -> ColumnElement[Any]:
    happened = and_(
        LeadInteraction.supplier_id == Lead.supplier_id,
        LeadInteraction.lead_id == Lead.id,
        LeadInteraction.occurred_at > as_of.instant - RECENT,
        LeadInteraction.occurred_at <= as_of.instant,
        *which,
    )
    return select(func.count()).where(happened).correlate(Lead).scalar_subquery()


def _day(moment: Any, timezone: str) -> ColumnElement[date]:
    return cast(func.timezone(timezone, moment), Date)
