"""A wedding that moved: what it times moves with it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.kernel.zones import day_of, day_start
from app.models.leads import Lead
from app.nurture.claims import live_of
from app.nurture.courses import UnderWay, under_way
from app.nurture.engine.advance import advance, retimed
from app.nurture.engine.facts import Snapshot
from app.nurture.engine.forecast import Planned, forecast
from app.nurture.engine.outcomes import Finished, Skip, Timed
from app.nurture.progress import reopen

WEDDING = "wedding_date"


@dataclass(frozen=True)
class Moved:
    """A step to come that another wedding date times anew; null: it is left out."""

    sequence_name: str
    step_name: str
    before: datetime | None
    after: datetime | None


def retime(session: Session, lead: Lead, now: datetime) -> None:
    """Time what the locked lead's sequences count from its wedding date by the date as it is now. A message
    that is written already, or a step that was taken or left out, stays as it is."""
    session.flush()
    for place in live_of(session, lead, now):
        step = place.snapshot.step
        if step and step.timing.anchor == WEDDING:
            reopen(session, place, now)


def preview(session: Session, lead: Lead, wedding: date | None, now: datetime) -> list[Moved]:
    """What would move if the wedding were on that day."""
    if wedding == lead.wedding_date:
        return []
    channels = frozenset({"email", "sms"})  # what a step is sent by moves no day
    found = under_way(session, lead, now, channels)
    return [moved for one in found for moved in _compared(one, wedding, now)]


def _compared(place: UnderWay, wedding: date | None, now: datetime) -> Iterator[Moved]:
    before = {one.step.id: one for one in forecast(place.snapshot, now)}
    for planned in _forecast_on(_on(place.snapshot, wedding, now), now):
        known = before.get(planned.step.id)
        if known and _at(known) != _at(planned):
            yield Moved(place.sequence_name, planned.step.name, _at(known), _at(planned))


def _on(snapshot: Snapshot, wedding: date | None, now: datetime) -> Snapshot:
    """The lead with another wedding date."""
    zone = snapshot.calendar.zone
    left = (wedding - day_of(now, zone)).days if wedding else None
    lead = replace(snapshot.lead, wedding_date=wedding, days_until_wedding=left)
    anchors = {**snapshot.anchors, WEDDING: day_start(wedding, zone) if wedding else None}
    return replace(snapshot, lead=lead, anchors=anchors)


def _forecast_on(snapshot: Snapshot, now: datetime) -> list[Planned]:
    """As `retime` would have it: the present step is timed anew, or left out if its day is over by then."""
    step = snapshot.step
    if step is None or step.timing.anchor != WEDDING or snapshot.next_at is None:
        return forecast(snapshot, now)
    match retimed(snapshot, now):
        case Timed(at, due):
            return forecast(replace(snapshot, next_at=at, due_at=due), now)
        case str() as reason:
            skipped = Skip(reason)
            left_out, ahead = Planned(step, None, skipped), advance(snapshot, skipped, now)
            passed = [Planned(one.step, None, Skip(one.reason)) for one in ahead.passed]
            if isinstance(ahead, Finished):
                return [left_out, *passed]
            onward = replace(snapshot, step=ahead.step, due_at=ahead.at, next_at=ahead.at)
            return [left_out, *passed, *forecast(onward, now)]


def _at(planned: Planned) -> datetime | None:
    return planned.at if planned.reason is None else None
