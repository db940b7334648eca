"""May this message leave now? The one place that says so; pure.

What a person wrote (`reply`) passes opt-outs and caps. An acknowledgement passes caps and quiet
hours, and an opt-out that is older than the inquiry it answers; a text message wakes nobody even so.
Nothing passes an address that bounced or complained.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.kernel.zones import day_of, day_start, instant

OPENING, CLOSING = time(8), time(20)
"""Local hours within which automated messages leave; an e-mail may also at the hour its step chose."""
LOOK_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Send:
    """Now."""


@dataclass(frozen=True)
class Wait:
    """Not before `until`."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class Drop:
    """Never."""

    reason: str


Verdict = Send | Wait | Drop


@dataclass(frozen=True)
class Facts:
    """All that decides about one message. Instants are UTC."""

    message_class: str
    channel: str
    created_at: datetime
    zone: ZoneInfo
    not_after: datetime | None = None
    automated: bool = True
    """A sequence sends it, not a person."""
    has_address: bool = True
    has_transport: bool = True
    suppression: str | None = None
    """Why the address is on the suppression list of this channel."""
    opted_out_at: datetime | None = None
    marketing_consent: bool = False
    ending: str | None = None
    """Why the sequence no longer wants to send it: `lead_won`, `enrollment_ended` and so on."""
    holding: str | None = None
    """Why it has to wait for a person: `lead_paused`, `sending_off` and so on."""
    ahead_today: int = 0
    """Capped messages of the lead sent today, and those due now that matter more."""
    ahead_this_week: int = 0
    daily_cap: int = 1
    """The most automated messages a lead gets in a calendar day, acknowledgements apart; in seven days:"""
    weekly_cap: int = 3
    send_time: time | None = None
    """The hour its step chose."""
    send_days: frozenset[int] = frozenset()
    """The ISO weekdays its step chose; empty is any."""
    closed: frozenset[date] = frozenset()
    """The supplier's holidays."""


def counted_since(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Since when messages count for the cap of a day, and for that of seven days."""
    today = day_of(now, zone)
    return day_start(today, zone), day_start(today - timedelta(6), zone)


def judge(facts: Facts, now: datetime) -> Verdict:
    """Send, wait or drop, with the reason's code."""
    if reason := _never(facts, now):
        return Drop(reason)
    if facts.holding:
        return Wait(now + LOOK_AGAIN, facts.holding)
    if not facts.automated:
        return Send()
    if facts.message_class == "acknowledgement":
        any_day = replace(facts, send_days=frozenset(), closed=frozenset())
        return (_hours(any_day, now) if facts.channel == "sms" else None) or Send()
    return _hours(facts, now) or _caps(facts, now) or Send()


def _never(facts: Facts, now: datetime) -> str | None:
    if not facts.has_address:
        return "no_address"
    if not facts.has_transport:
        return f"{facts.channel}_not_configured"
    if facts.not_after and now > facts.not_after:
        return "too_late"
    if facts.automated and facts.ending:
        return facts.ending
    if facts.suppression and facts.suppression != "unsubscribed":
        return f"suppressed_{facts.suppression}"
    return _unwanted(facts)


def _unwanted(facts: Facts) -> str | None:
    if facts.message_class == "reply":
        return None
    answers_later_inquiry = (
        facts.message_class == "acknowledgement"
        and facts.opted_out_at is not None
        and facts.opted_out_at < facts.created_at
    )
    if (facts.opted_out_at or facts.suppression) and not answers_later_inquiry:
        return "opted_out"
    if facts.message_class == "marketing" and not facts.marketing_consent:
        return "no_marketing_consent"
    return None


def _hours(facts: Facts, now: datetime) -> Wait | None:
    today = day_of(now, facts.zone)
    opens, closes = (instant(today, hour, facts.zone) for hour in _window(facts))
    if _is_open(facts, today) and opens <= now < closes:
        return None
    before_opening = _is_open(facts, today) and now < opens
    return Wait(opens if before_opening else _next_day(facts, today), "quiet_hours")


def _caps(facts: Facts, now: datetime) -> Wait | None:
    if facts.ahead_today >= facts.daily_cap:
        return Wait(_next_day(facts, day_of(now, facts.zone)), "daily_cap")
    if facts.ahead_this_week >= facts.weekly_cap:
        return Wait(_next_day(facts, day_of(now, facts.zone)), "weekly_cap")
    return None


def _window(facts: Facts) -> tuple[time, time]:
    if facts.send_time is None or facts.channel == "sms":
        return OPENING, CLOSING
    hour_later = (
        facts.send_time.replace(hour=facts.send_time.hour + 1) if facts.send_time.hour < 23 else time.max
    )
    return min(OPENING, facts.send_time), max(CLOSING, hour_later)


def _next_day(facts: Facts, today: date) -> datetime:
    """The step's hour on the next open day; a month without one opens the first day of it."""
    days = [today + timedelta(ahead) for ahead in range(1, 32)]
    day = next((day for day in days if _is_open(facts, day)), days[0])
    hour = facts.send_time if facts.send_time and facts.channel != "sms" else OPENING
    return instant(day, hour, facts.zone)


def _is_open(facts: Facts, day: date) -> bool:
    return day not in facts.closed and (not facts.send_days or day.isoweekday() in facts.send_days)
