"""What the engine knows when it decides: small frozen values that the shell loads.

Words are the schema's (`app.models.choices`), as plain text, so that the engine knows no database.
Instants are UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.nurture.engine.actions import Action

OPEN = frozenset({"new", "contacted", "qualified", "proposal_sent", "follow_up", "negotiation"})
"""The statuses of a lead that may still book."""


@dataclass(frozen=True)
class LeadFacts:
    """A lead, as far as sequences look at it."""

    status: str
    score: int = 0
    sources: frozenset[str] = frozenset()
    """Every name its source goes by, in lower case."""
    tags: frozenset[str] = frozenset()
    has_email: bool = True
    has_phone: bool = False
    wedding_date: date | None = None
    days_until_wedding: int | None = None
    days_since_inquiry: int | None = None
    """Since the couple first wrote."""
    days_since_contact: int | None = None
    """Since the two last spoke, either way."""
    is_paused: bool = False
    opted_out_at: datetime | None = None


@dataclass(frozen=True)
class Calendar:
    """The supplier's zone, and its holidays and blocked days."""

    zone: ZoneInfo
    closed: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Timing:
    """`delay` units after the anchor, then `send_time` on one of `send_days` (1 is Monday; empty is any)."""

    delay: int
    unit: str
    anchor: str = "previous_step"
    send_time: time = time(9)
    send_days: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Branch:
    """If the conditions hold, go on with the step of that order."""

    conditions: Mapping[str, Any]
    then: int


@dataclass(frozen=True)
class Step:
    id: UUID
    order: int
    action: Action
    timing: Timing
    conditions: Mapping[str, Any] = field(default_factory=dict)
    branches: tuple[Branch, ...] = ()
    is_active: bool = True
    name: str = ""
    key: UUID | None = None
    """What the step is called in every version of its sequence."""
    max_lateness: timedelta | None = None
    """How long after it was due it is still worth taking; null is for ever."""
    runs_when_past: bool = False
    """A dated step whose day is over is taken at once."""
    needs_approval: bool = False
    """Its message waits for a person's yes."""


@dataclass(frozen=True)
class Targets:
    """Which leads a sequence takes in; empty is any, a null bound is open."""

    conditions: Mapping[str, Any] = field(default_factory=dict)
    statuses: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    least_score: int | None = None
    most_score: int | None = None


@dataclass(frozen=True)
class Sequence:
    """One published version: its steps in order."""

    steps: tuple[Step, ...]
    targets: Targets = field(default_factory=Targets)
    is_live: bool = True
    ends_on_reply: bool = True
    halts_on_failure: bool = False


@dataclass(frozen=True)
class Snapshot:
    """A lead at one step of a sequence. `step` is None before the first."""

    lead: LeadFacts
    sequence: Sequence
    calendar: Calendar
    enrolled_at: datetime
    step: Step | None = None
    due_at: datetime | None = None
    """When that step is, or was, due: its lateness counts from then, however long it is held."""
    next_at: datetime | None = None
    """When it is looked at next; null while its message is under way."""
    anchors: Mapping[str, datetime | None] = field(default_factory=dict)
    """`inquiry`, `booking` and `wedding_date` (the day's first instant); null when unknown."""
    replied_at: datetime | None = None
    channels: frozenset[str] = frozenset({"email"})
    """The channels for which there is a transport."""
