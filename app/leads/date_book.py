"""The supplier's date book: days held for a couple, for a while, days booked, and days that are blocked.

A hold counts until it ends; then its day is open to others, and the row stays until somebody releases the
hold or another takes the day. `book`, `give_back` and `take_out` are building blocks of workflows, on a
locked lead; the others are whole writes.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.kernel import audit, clock
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict, InvalidInput, NotFound
from app.kernel.uow import unit_of_work
from app.leads.changing import lock
from app.leads.schemas import DateBlock, DateHold
from app.models.capture import DateEntry
from app.models.choices import OPEN_STATUSES, DateState
from app.models.leads import Lead
from app.models.score_facts import day_changed

LONGEST_HOLD = timedelta(days=180)


def hold(actor: Actor, lead_id: UUID, data: DateHold) -> UUID:
    """Hold the lead's wedding day for it until then; a hold that it has is moved. The entry's id.

    NotFound; InvalidInput for a time that is past or more than 180 days ahead and for a lead without a
    date; Conflict when the lead is closed or the day is booked, blocked or held for somebody else.
    """
    actor.require(Permission.WRITE_LEADS)
    now = clock.now()
    with unit_of_work(actor.supplier_id) as session:
        lead = lock(session, lead_id)
        _can_be_held(lead, data.until, now)
        _lock_days(session)
        entry = _clear_day(session, actor, lead, now)
        values = {"on_date": lead.wedding_date, "held_until": data.until, "state": DateState.HELD}
        return _enter(session, actor, lead, entry, values).id


def release(actor: Actor, lead_id: UUID) -> None:
    """Give the days back that are held for the lead. NotFound; Conflict when none is."""
    actor.require(Permission.WRITE_LEADS)
    with unit_of_work(actor.supplier_id) as session:
        lead = lock(session, lead_id)
        entries = [entry for entry in _of_lead(session, lead) if entry.state is DateState.HELD]
        if not entries:
            raise Conflict("No day is held for this lead.")
        for entry in entries:
            _take_out(session, actor, entry, "released")


def block(actor: Actor, data: DateBlock) -> UUID:
    """Take no wedding on that day. The entry's id; Conflict when it is blocked, booked or held."""
    actor.require(Permission.WRITE_LEADS)
    now = clock.now()
    with unit_of_work(actor.supplier_id) as session:
        _lock_days(session)
        for other in _entries(session, data):
            if other.state is DateState.HELD and _ended(other, now):
                _take_out(session, actor, other, "released")
            else:
                raise Conflict(_taken(other))
        entry = DateEntry(
            supplier_id=actor.supplier_id, on_date=data.on_date, state=DateState.BLOCKED, note=data.note
        )
        session.add(entry)
        after = {"on_date": data.on_date, "note": data.note}
        audit.record(session, actor, "blocked", entry, audit.Change(after=after))
        day_changed(session, actor.supplier_id, data.on_date, now)
        return entry.id


def unblock(actor: Actor, entry_id: UUID) -> None:
    """Open a blocked day again; NotFound for an entry that is none."""
    actor.require(Permission.WRITE_LEADS)
    with unit_of_work(actor.supplier_id) as session:
        wanted = select(DateEntry).where(DateEntry.id == entry_id, DateEntry.state == DateState.BLOCKED)
        entry = session.scalars(wanted.with_for_update()).first()
        if entry is None:
            raise NotFound("blocked day")
        _take_out(session, actor, entry, "unblocked")


def book(session: Session, actor: Actor, lead: Lead) -> None:
    """The won lead's wedding day is booked for it, and its other days are open again. A booking is a fact:
    it is written down also on a day that is blocked, or another couple's."""
    _lock_days(session)
    own = None
    for entry in _of_lead(session, lead):
        if entry.on_date == lead.wedding_date:
            own = entry
        else:
            _take_out(session, actor, entry, "released")
    if lead.wedding_date is not None:
        values = {"on_date": lead.wedding_date, "held_until": None, "state": DateState.BOOKED}
        _enter(session, actor, lead, own, values)


def give_back(session: Session, actor: Actor, lead: Lead) -> None:
    """What was booked for the lead is open again."""
    for entry in _of_lead(session, lead):
        if entry.state is DateState.BOOKED:
            _take_out(session, actor, entry, "released")


def take_out(session: Session, actor: Actor, lead: Lead) -> None:
    """The lead, which is about to be deleted, has no day any more."""
    for entry in _of_lead(session, lead):
        _take_out(session, actor, entry, "released")


def _can_be_held(lead: Lead, until: datetime, now: datetime) -> None:
    if lead.lead_status not in OPEN_STATUSES:
        raise Conflict(f"This lead is {lead.lead_status}; a day is held for an open one.")
    if lead.wedding_date is None:
        raise InvalidInput.of("wedding_date", "missing", "Give the lead its wedding date first.")
    if not now < until <= now + LONGEST_HOLD:
        message = f"A hold ends in the future, at most {LONGEST_HOLD.days} days ahead."
        raise InvalidInput.of("until", "out_of_range", message)


def _clear_day(session: Session, actor: Actor, lead: Lead, now: datetime) -> DateEntry | None:
    """Take out holds that ended, and the lead's own on another day; the lead's entry on its day, if any."""
    wanted = or_(DateEntry.on_date == lead.wedding_date, DateEntry.lead_id == lead.id)
    own = None
    for entry in session.scalars(select(DateEntry).where(wanted).with_for_update()).all():
        is_held, is_own = entry.state is DateState.HELD, entry.lead_id == lead.id
        if is_own and entry.on_date == lead.wedding_date and is_held:
            own = entry
        elif is_held and (is_own or _ended(entry, now)):
            _take_out(session, actor, entry, "released")
        elif entry.on_date == lead.wedding_date:
            raise Conflict(_taken(entry))
    return own


def _enter(
    session: Session, actor: Actor, lead: Lead, entry: DateEntry | None, values: dict[str, Any]
) -> DateEntry:
    """Write the lead's entry, or change the one it has; the audit log names the act as the state."""
    action = str(values["state"])
    if entry is None:
        own = {"supplier_id": lead.supplier_id, "lead_id": lead.id, "services": lead.services_needed}
        entry = DateEntry(**own, **values)
        session.add(entry)
        audit.record(session, actor, action, entry, audit.Change(after={"lead_id": lead.id, **values}))
    else:
        audit.update(session, actor, entry, values, action=action)
    day_changed(session, entry.supplier_id, entry.on_date, clock.now())
    return entry


def _of_lead(session: Session, lead: Lead) -> list[DateEntry]:
    return list(session.scalars(select(DateEntry).where(DateEntry.lead_id == lead.id).with_for_update()))


def _entries(session: Session, data: DateBlock) -> list[DateEntry]:
    return list(session.scalars(select(DateEntry).where(DateEntry.on_date == data.on_date).with_for_update()))


def _ended(entry: DateEntry, now: datetime) -> bool:
    return entry.held_until is not None and entry.held_until <= now


def _taken(entry: DateEntry) -> str:
    return {
        DateState.BOOKED: "That day is booked.",
        DateState.BLOCKED: "That day is blocked; open it first.",
        DateState.HELD: "That day is held for another couple; release that hold first.",
    }[entry.state]


def _take_out(session: Session, actor: Actor, entry: DateEntry, action: str) -> None:
    before = {name: getattr(entry, name) for name in ("on_date", "lead_id", "held_until", "note")}
    audit.record(session, actor, action, entry, audit.Change(before=before))
    session.delete(entry)
    day_changed(session, entry.supplier_id, entry.on_date, clock.now())


def _lock_days(session: Session) -> None:
    """One writer of this supplier's date book at a time: there is no row yet to wait for."""
    supplier = func.current_setting("app.supplier_id")
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(supplier, 7))))
