"""The timeline: which entries its filters show, in days, each told in a sentence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from app.kernel.db import db
from app.kernel.zones import day_of
from app.leads import record
from app.leads.record import Entry
from app.models.choices import InteractionType as Kind
from app.models.choices import MessageClass, MessageState
from app.models.leads import LeadInteraction
from app.models.messaging import Message
from app.web import listing
from app.web.fields import people
from app.web.lead.asked import Show
from app.web.lead.told import Told, told
from app.web.viewer import viewer

PAGE = 20
FILTERS: dict[str, tuple[str, frozenset[Kind]]] = {
    "all": ("All", frozenset()),
    "messages": (
        "Messages",
        frozenset(
            {
                Kind.EMAIL_SENT,
                Kind.EMAIL_REPLIED,
                Kind.EMAIL_BOUNCED,
                Kind.EMAIL_COMPLAINED,
                Kind.UNSUBSCRIBED,
                Kind.SMS_SENT,
                Kind.SMS_RECEIVED,
                Kind.FORM_SUBMITTED,
            }
        ),
    ),
    "talks": (
        "Calls and meetings",
        frozenset({Kind.PHONE_CALL, Kind.MEETING_SCHEDULED, Kind.MEETING_COMPLETED}),
    ),
    "notes": ("Notes", frozenset({Kind.NOTE_ADDED})),
    "business": (
        "Proposals and payments",
        frozenset({Kind.PROPOSAL_SENT, Kind.PROPOSAL_VIEWED, Kind.CONTRACT_SENT, Kind.PAYMENT_RECEIVED}),
    ),
    "changes": (
        "Status and changes",
        frozenset(
            {
                Kind.STATUS_CHANGED,
                Kind.ASSIGNED,
                Kind.TAG_CHANGED,
                Kind.TASK_COMPLETED,
                Kind.MERGED,
                Kind.CONSENT_CHANGED,
            }
        ),
    ),
    "visits": (
        "Visits and opens",
        frozenset(
            {
                Kind.EMAIL_OPENED,
                Kind.EMAIL_CLICKED,
                Kind.WEBSITE_VISIT,
                Kind.SOCIAL_MEDIA_ENGAGEMENT,
                Kind.REFERRAL_RECEIVED,
            }
        ),
    ),
    "automatic": (
        "Automatic",
        frozenset({Kind.SCORE_UPDATED, Kind.SEQUENCE_ENROLLED, Kind.SEQUENCE_ENDED}),
    ),
}
"""What each filter is called and shows; every kind of entry is in one of them, and all in the first."""
QUIET = FILTERS["automatic"][1] | FILTERS["visits"][1] | FILTERS["changes"][1]
"""Told in a line, as they are many and say little."""


@dataclass(frozen=True)
class Line:
    """An entry, the message it is about, what it says, and whether a line is enough for it."""

    entry: LeadInteraction
    message: Message | None
    told: Told
    is_quiet: bool


@dataclass(frozen=True)
class Day:
    """A calendar day of the supplier; `goes_on` when the page before ended within it."""

    on: date
    lines: list[Line]
    goes_on: bool = False


def timeline(lead_id: UUID, show: Show, messages: Iterable[Message]) -> dict[str, Any]:
    """A page of the timeline as its template needs it; on top what is about to join it, of the `messages`."""
    place = listing.place()
    page = record.timeline(db.session(), lead_id, place.cut(PAGE), FILTERS[show][1])
    names = {str(one.id): one.name for one in people()}
    last = record.moment_of(place.after) if place.after else None
    seen = day_of(last, viewer().zone) if last else None
    return {
        "days": list(_days(page.rows, names, seen)),
        "page": page,
        "show": show,
        "filters": {name: label for name, (label, _) in FILTERS.items()},
        "is_first": not (place.after or place.before),
        "leaving": [one for one in messages if _is_leaving(one)],
    }


def _is_leaving(message: Message) -> bool:
    """A person wrote it, and waits to see it go."""
    on_its_way = message.state in (MessageState.DUE, MessageState.SENDING)
    return on_its_way and message.message_class == MessageClass.REPLY


def _days(rows: Iterable[Entry], names: Mapping[str, str], seen: date | None) -> Iterable[Day]:
    for on, of_day in groupby(rows, key=lambda row: day_of(row[0].occurred_at, viewer().zone)):
        yield Day(on, [_line(*row, names=names) for row in of_day], goes_on=on == seen)


def _line(
    entry: LeadInteraction, message: Message | None, author: str | None, names: Mapping[str, str]
) -> Line:
    kind = entry.interaction_type
    return Line(entry, message, told(entry, author, names), is_quiet=kind in QUIET)
