"""What is to be loaded, and the house it is loaded into. All of it can be sent to another process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.demo.season import Season
from app.models.accounts import Supplier
from app.models.nurture import EmailTemplate
from app.nurture.engine.facts import Calendar, Sequence

FULL_UP_TO = 5_000
BATCH = 1000

Row = dict[str, Any]
Pages = dict[str, list[Row]]
"""Rows by table."""
Report = Callable[[str], None]
"""Takes a line that says how far the load is."""


@dataclass(frozen=True)
class Plan:
    """How much to load, as of which moment. The same seed and `now` give the same rows."""

    now: datetime
    leads: int = 400
    seed: int = 351
    suppliers: int = 1
    replace: bool = False
    short: bool | None = None

    @property
    def is_short(self) -> bool:
        """A load for measuring: about five interactions a lead, and no inquiries, touchpoints, consents,
        enrollments or messages. Without a word about it, more than 5,000 leads are told short."""
        return self.leads > FULL_UP_TO if self.short is None else self.short

    def share(self, supplier: int) -> int:
        """How many of the leads that supplier, counted from 0, gets."""
        each, left = divmod(self.leads, self.suppliers)
        return each + (supplier < left)


@dataclass(frozen=True)
class Member:
    """Somebody whom leads are handed to."""

    user_id: UUID
    name: str
    team_id: UUID | None


@dataclass(frozen=True)
class Source:
    id: UUID
    slug: str
    commission_rate: Decimal | None


@dataclass(frozen=True)
class Campaign:
    """A sequence as the engine reads it, with the e-mails its steps send."""

    id: UUID
    name: str
    sequence: Sequence
    templates: Mapping[UUID, EmailTemplate]
    """By step."""


@dataclass(frozen=True)
class Stage:
    """One supplier, opened and staffed, before its first lead."""

    supplier: Supplier
    calendar: Calendar
    form_id: UUID
    form_name: str
    wording_version: str
    members: tuple[Member, ...]
    sources: Mapping[str, Source]
    """By slug."""
    campaigns: tuple[Campaign, ...]

    @property
    def supplier_id(self) -> UUID:
        return self.supplier.id

    def member(self, user_id: UUID) -> Member:
        return next(member for member in self.members if member.user_id == user_id)

    @property
    def zone(self) -> ZoneInfo:
        return self.calendar.zone


class Dice(Random):
    """Chance that also makes the ids, so that they repeat with the seed."""

    made = 0

    def chance(self, odds: float) -> bool:
        return self.random() < odds

    def id_at(self, moment: datetime) -> UUID:
        """A UUIDv7 of that millisecond; a counter keeps ids of one moment in order (RFC 9562 §6.2)."""
        self.made = self.made + 1 & 0xFFF
        stamp = int(moment.timestamp() * 1000)
        return UUID(int=stamp << 80 | 7 << 76 | self.made << 64 | 2 << 62 | self.getrandbits(62))


@dataclass
class Telling:
    """What the stories of one batch share: the house, the calendar, the dice and the pages they fill."""

    stage: Stage
    plan: Plan
    season: Season
    dice: Dice
    pages: Pages = field(default_factory=dict)
    mailboxes: set[str] = field(default_factory=set)
    booked: set[date] = field(default_factory=set)
    """Days this batch has sold."""

    @property
    def now(self) -> datetime:
        return self.plan.now

    @property
    def is_full(self) -> bool:
        return not self.plan.is_short
