"""One lead's story while it is told: every entry moves the counters that it belongs to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.demo.fate import Fate
from app.demo.people import Couple
from app.demo.plan import Row, Source, Telling
from app.models.choices import OPEN_STATUSES, LeadStatus
from app.models.choices import InteractionType as Kind
from app.models.lead_facts import CONTACT, COUNTERS, OUTGOING, UNCOUNTED

SHORT = frozenset(
    {
        Kind.FORM_SUBMITTED,
        Kind.NOTE_ADDED,
        Kind.EMAIL_SENT,
        Kind.EMAIL_OPENED,
        Kind.EMAIL_REPLIED,
        Kind.PHONE_CALL,
        Kind.MEETING_SCHEDULED,
        Kind.PROPOSAL_SENT,
        Kind.PAYMENT_RECEIVED,
    }
)
"""What is kept of a story told short."""


class Story:
    """A lead, its couple and its fate. Nothing that lies after `now` can be told."""

    def __init__(self, telling: Telling, lead: Row, couple: Couple, fate: Fate) -> None:
        self.telling, self.lead, self.couple, self.fate = telling, lead, couple, fate
        self.dice, self.now = telling.dice, telling.now
        self.member = telling.stage.member(lead["assigned_to_user_id"])
        """Who looks after the lead."""
        self.counted: list[datetime] = []
        """When each entry that counts happened."""
        self.touches: list[tuple[datetime, str]] = []
        """When, and the source's slug."""
        self.completed: list[datetime] = []
        """When each sequence was gone through to its end."""
        self.nurtured_until: list[datetime | None] = []
        """When each sequence left the lead, in any way; None when it has not."""
        self.replied_at = fate.replied_at
        """When the couple first answers, however far that lies ahead."""
        self.answered: Row | None = None
        """The sequence's message that they answer then."""
        self.bounced_at: datetime | None = None
        """When it came out that their address does not work."""
        telling.pages.setdefault("leads", []).append(lead)

    @property
    def id(self) -> UUID:
        found: UUID = self.lead["id"]
        return found

    @property
    def created_at(self) -> datetime:
        return self.fate.path[0][1]

    @property
    def is_won(self) -> bool:
        """Has the couple booked by now?"""
        booked_at = self.fate.reached(LeadStatus.WON)
        return booked_at is not None and booked_at <= self.now

    @property
    def closed_at(self) -> datetime | None:
        """When it stopped being an open lead, if that is told already."""
        closed = (at for status, at in self.fate.path if status not in OPEN_STATUSES)
        at = next(closed, None)
        return at if at and at <= self.now else None

    def is_free(self, at: datetime) -> bool:
        """May they opt out or write back? Not while a sequence told before goes on: its story would be
        another; and nobody opts out twice."""
        return self.lead["opt_out_date"] is None and all(end and end <= at for end in self.nurtured_until)

    def is_silent(self, at: datetime) -> bool:
        """Nobody has heard of them, and why they are lost, if they are, does not say that nobody ever did."""
        is_quiet = self.replied_at is None and self.fate.lost_reason != "no_response"
        return is_quiet and self.is_free(at)

    def bounces_at(self, at: datetime) -> bool:
        """May it come out then that their address does not work? Not when they write from it."""
        return self.is_silent(at) and not self.is_won

    @property
    def has_mail(self) -> bool:
        """Is there an address that works, as far as anybody knows?"""
        return self.lead["primary_email"] is not None and self.bounced_at is None

    @property
    def source(self) -> Source:
        return self.telling.stage.sources[self.lead["lead_source"]]

    def add(self, table: str, at: datetime, **columns: Any) -> Row:
        """A row about this lead, made at that moment."""
        self.lead["updated_at"] = max(self.lead["updated_at"], at)
        return self.write(table, at, lead_id=self.id, **columns)

    def write(self, table: str, at: datetime, **columns: Any) -> Row:
        """A row of the supplier's."""
        row = {"supplier_id": self.telling.stage.supplier_id, "id": self.dice.id_at(at), **columns}
        self.telling.pages.setdefault(table, []).append(row)
        return row

    def log(self, kind: Kind, at: datetime, subject: str | None = None, **more: Any) -> bool:
        """An entry of the timeline; False, and nothing is told, when it is still to come or left out.

        `more`: content, metadata, user_id, outcome, step_id, message_id.
        """
        if at > self.now or not (self.telling.is_full or kind in SHORT):
            return False
        user_id = more.get("user_id")
        self.add(
            "lead_interactions",
            at,
            user_id=user_id,
            sequence_step_id=more.get("step_id"),
            message_id=more.get("message_id"),
            interaction_type=kind,
            interaction_subject=subject[:255] if subject else None,
            interaction_content=more.get("content"),
            interaction_metadata=more.get("metadata", {}),
            interaction_outcome=more.get("outcome"),
            is_system=more.get("system", user_id is None),
            occurred_at=at,
            created_at=at,
        )
        self._count(kind, at)
        return True

    def _count(self, kind: Kind, at: datetime) -> None:
        lead = self.lead
        if kind not in UNCOUNTED:
            lead["total_interactions"] += 1
            self.counted.append(at)
        if counter := COUNTERS.get(kind):
            lead[counter] += 1
        if kind in OUTGOING:
            lead["first_contact_at"] = min(lead["first_contact_at"] or at, at)
        if kind in CONTACT:
            lead["last_contact_at"] = max(lead["last_contact_at"] or at, at)

    def move(self, status: LeadStatus, at: datetime, reason: str | None = None) -> None:
        """To another status; the first move, to `new`, makes no timeline entry."""
        before = None if status is LeadStatus.NEW else self.lead["lead_status"]
        by = self.member.user_id if before else None
        self.add(
            "status_history",
            at,
            from_status=before,
            to_status=status,
            changed_by_user_id=by,
            reason=reason,
            changed_at=at,
        )
        self.lead["lead_status"] = status
        if before:
            words = f"{_words(before)} → {_words(status)}"
            metadata = {"from": before, "to": status}
            self.log(Kind.STATUS_CHANGED, at, words, metadata=metadata, user_id=by, outcome=reason)


def _words(status: LeadStatus) -> str:
    return status.replace("_", " ").capitalize()
