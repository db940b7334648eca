"""A calendar feed as iCalendar text (RFC 5545), by the icalendar package.

Days are VALUE=DATE with an exclusive DTEND, follow-ups are half an hour in UTC. DTSTAMP is the time of
the last change, as without METHOD the two mean the same (§3.8.7.2), so equal rows give equal text.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from icalendar import Calendar, Event

from app.leads.feed import FeedDay, FeedTask
from app.models.choices import DateState

PRODUCT = "-//WedSync Leads//Calendar//EN"
LENGTH = timedelta(minutes=30)
REFRESH = timedelta(hours=1)
SAID = {DateState.BOOKED: "Wedding", DateState.HELD: "Held", DateState.BLOCKED: "Blocked"}
Link = Callable[[UUID], str]


@dataclass(frozen=True)
class Feed:
    """What is in a feed, and the name that it goes by."""

    name: str
    days: tuple[FeedDay, ...]
    tasks: tuple[FeedTask, ...]

    @property
    def version(self) -> str:
        """Differs when anything in it does: the entity tag."""
        return sha256(repr(self).encode()).hexdigest()[:32]


def render(feed: Feed, link: Link) -> bytes:
    """The text, lines ending in CRLF; `link` gives the address of a lead's page."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", feed.name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for day in feed.days:
        calendar.add_component(_day(day, link))
    for task in feed.tasks:
        calendar.add_component(_task(task, link))
    text: bytes = calendar.to_ical()
    return text


def _day(day: FeedDay, link: Link) -> Event:
    event = _event(day.id, day.changed_at)
    event.add("summary", _what(day))
    event.add("dtstart", day.on)
    event.add("dtend", day.on + timedelta(days=1))
    event.add("status", "TENTATIVE" if day.state is DateState.HELD else "CONFIRMED")
    event.add("transp", "OPAQUE")
    if day.place:
        event.add("location", day.place)
    if day.lead_id:
        event.add("url", link(day.lead_id))
    return event


def _what(day: FeedDay) -> str:
    """`Wedding: Emma & Liam`, `Held: Emma & Liam`, `Blocked: holiday`."""
    detail = day.couple if day.lead_id else day.note
    return f"{SAID[day.state]}: {detail}" if detail else SAID[day.state]


def _task(task: FeedTask, link: Link) -> Event:
    event = _event(task.id, task.changed_at)
    event.add("summary", f"{task.title}: {task.couple}")
    event.add("dtstart", _utc(task.due_at))
    event.add("dtend", _utc(task.due_at + LENGTH))
    event.add("transp", "TRANSPARENT")
    event.add("url", link(task.lead_id))
    return event


def _event(uid: UUID, changed_at: datetime) -> Event:
    event = Event()
    event.add("uid", str(uid))
    event.add("dtstamp", _utc(changed_at))
    event.add("last-modified", _utc(changed_at))
    return event


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
