"""A lead changes: its fields, status, people and tags, and all that follows from that.

A building block of `update_lead`, `change_status`, `assign_lead`, `tag_lead` and the bulk of them, inside
their unit of work. The lead is locked first and its source last: other leads share the source's row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.kernel import audit, clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Duplicate, InvalidInput
from app.leads import date_book
from app.leads.changing import before_of, check_places, differing, lock
from app.leads.follow_up import set_follow_up
from app.leads.lifecycle import check_loss
from app.leads.versions import UNSEEN, Seen
from app.models.accounts import Supplier
from app.models.choices import OPEN_STATUSES, LeadStatus
from app.models.leads import Lead
from app.models.score_facts import day_changed
from app.nurture.retiming import retime
from app.nurture.service import enroll_in, is_under_way
from app.nurture.waking import wake_lead
from app.privacy.consent import forget_address
from app.scoring.queries import bounds_of, explain
from app.sources.counting import move, worth
from app.workflows.follow_leads import follow_leads
from app.workflows.lead_moves import move_status, note_assignment, note_tags

FOLLOW_UP, STATUS, SEQUENCE = "next_follow_up_at", "lead_status", "nurture_sequence_id"
LOST = ("lost_reason", "lost_details")


@dataclass(frozen=True)
class RuleChange:
    """How many points more (or fewer) a rule gives than before, or the bounds of a group take."""

    rule_name: str
    adjustment: Decimal


@dataclass(frozen=True)
class Changed:
    """What became of the lead. `changed` is empty when it had these values already: nothing was written."""

    lead_id: UUID
    changed: list[str]
    old_score: int
    new_score: int
    updated_at: datetime
    score_adjustments: list[RuleChange] = field(default_factory=list)
    enrolled: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Wish:
    """What is to change, and what the writer saw. `explained`: say which rules moved the score."""

    values: Mapping[str, Any]
    seen: Seen = UNSEEN
    explained: bool = True


def alter_lead(session: Session, actor: Actor, lead_id: UUID, wish: Wish) -> Changed:
    """Carry the wish out; the values are those of `LeadUpdate`, with null where it clears."""
    return alter_locked(session, actor, lock(session, lead_id), wish)


def alter_locked(session: Session, actor: Actor, lead: Lead, wish: Wish) -> Changed:
    """The same for a lead that is locked already."""
    if not wish.values:
        raise InvalidInput.of("", "nothing_given", "Name at least one field to change.")
    wish.seen.check(lead, wish.values)
    supplier = session.get_one(Supplier, lead.supplier_id)
    given = {name: value for name, value in wish.values.items() if name != "value_unknown"}
    values = differing(session, lead, given, supplier.locale.rpartition("-")[2])
    check_places(session, values)
    if STATUS not in values:  # a move says itself what goes with it
        check_loss(lead.lead_status, values, supplier.lost_reasons)
    if not values:
        return Changed(lead.id, [], lead.lead_score, lead.lead_score, lead.updated_at)
    return _alter(session, actor, lead, values, wish)


def _alter(session: Session, actor: Actor, lead: Lead, values: dict[str, Any], wish: Wish) -> Changed:
    now = clock.now()  # not before the lead is ours: its history tells in which order it changed
    old_score = lead.lead_score
    before, day = before_of(lead, values), lead.wedding_date
    counted = worth(session, lead) if STATUS in values else None
    points = _points(session, lead, now) if wish.explained else {}
    removed = _apply(session, actor, lead, values, _Said(wish.values, now))
    audit.record(session, actor, "updated", lead, audit.Change(before, values))
    if "wedding_date" in values:
        day_changed(session, lead.supplier_id, day, now)
        day_changed(session, lead.supplier_id, lead.wedding_date, now)
        retime(session, lead, now)
    if values.get("automation_paused") is False:
        wake_lead(session, lead, now)
    enrolled = _enroll(session, lead, values, now)
    enrolled += follow_leads(session, [lead], now, evaluate=[lead.id])
    session.refresh(lead, ["lead_score", "updated_at"])
    is_moved = lead.lead_score != old_score
    moved = _moved(points, _points(session, lead, now)) if wish.explained and is_moved else []
    if counted:
        move(counted, worth(session, lead))
    return Changed(
        lead.id, sorted(values), old_score, lead.lead_score, lead.updated_at, moved, enrolled, removed
    )


def enroll_by_hand(session: Session, actor: Actor, lead: Lead, sequence_id: UUID, now: datetime) -> Changed:
    """Enroll a locked, open lead in the sequence, and score it; Conflict when that changes nothing."""
    old_score = lead.lead_score
    enrolled = enroll_in(session, lead, sequence_id, now)
    if not enrolled:
        is_in = is_under_way(session, lead.id, sequence_id)
        none_left = "No step of this sequence is left for the lead: they lie in the past or are switched off."
        raise Conflict("The lead is in this sequence already." if is_in else none_left)
    audit.record(session, actor, "enrolled", lead, audit.Change(after={SEQUENCE: sequence_id}))
    follow_leads(session, [lead], now)
    session.refresh(lead, ["lead_score", "updated_at"])
    return Changed(lead.id, [SEQUENCE], old_score, lead.lead_score, lead.updated_at, enrolled=enrolled)


class _Said(NamedTuple):
    """The wish as it was said, and the moment it is carried out."""

    values: Mapping[str, Any]
    now: datetime


def _apply(session: Session, actor: Actor, lead: Lead, values: dict[str, Any], said: _Said) -> list[str]:
    """Write the values; the names of the sequences that the lead left by that."""
    tags, assignee, now = lead.tags, lead.assigned_to_user_id, said.now
    removed: list[str] = []
    if STATUS in values:
        removed = move_status(session, actor, lead, said.values, now)
    else:  # with a move it is written by the move, in one statement
        lead.updated_at = now
    if "primary_email" in values:
        forget_address(session, lead, actor.kind, now)
    special = {FOLLOW_UP, STATUS, SEQUENCE, *(LOST if STATUS in values else ())}
    for name in values.keys() - special:
        setattr(lead, name, values[name])
    _flush(session, values)
    if FOLLOW_UP in values:
        set_follow_up(session, lead, values[FOLLOW_UP])
    if "assigned_to_user_id" in values:
        note_assignment(session, actor, lead, assignee, now)
    if "wedding_date" in values and lead.lead_status is LeadStatus.WON:
        date_book.book(session, actor, lead)
    if "tags" in values:
        note_tags(session, actor, lead, tags, now)
    return removed


def _flush(session: Session, values: Mapping[str, Any]) -> None:
    """Duplicate when another transaction gave the e-mail to a lead a moment ago."""
    try:
        session.flush()
    except IntegrityError as error:
        if "ix_leads_supplier_email" not in str(error.orig):
            raise
        raise Duplicate(f"Another lead was given the e-mail {values['primary_email']} just now.") from None


def _enroll(session: Session, lead: Lead, values: Mapping[str, Any], now: datetime) -> list[str]:
    """Where a person wants it to be."""
    wanted = values.get(SEQUENCE) if lead.lead_status in OPEN_STATUSES else None
    return enroll_in(session, lead, wanted, now) if wanted else []


def _points(session: Session, lead: Lead, now: datetime) -> dict[str, Decimal]:
    """What gives how many points: rules of one name together, and the bounds of groups."""
    session.flush()
    found = explain(session, lead.id, now)
    each = [(line.rule_name, line.points) for line in found.lines]
    points: dict[str, Decimal] = {}
    for name, given in [*each, *((bounds_of(one.group_name), one.cut) for one in found.groups)]:
        points[name] = points.get(name, Decimal(0)) + given
    return points


def _moved(before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> list[RuleChange]:
    return [
        RuleChange(name, points - before.get(name, Decimal(0)))
        for name, points in after.items()
        if points != before.get(name, Decimal(0))
    ]
