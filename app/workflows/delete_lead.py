"""Take a lead out, with everything that is written about it."""

from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from app.conversions.bookings import is_booked
from app.kernel import audit, clock
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict
from app.kernel.uow import unit_of_work
from app.leads import date_book
from app.leads.changing import lock
from app.leads.versions import UNSEEN, Seen
from app.models.leads import Lead
from app.models.score_facts import day_changed
from app.nurture.progress import leave_all
from app.sources.counting import move, nothing, worth

KEPT = ("couple_name_bride", "couple_name_groom", "lead_source", "lead_status", "created_at")
"""What the audit log keeps: enough to know which lead it was; addresses are gone."""


def delete_lead(actor: Actor, lead_id: UUID, seen: Seen = UNSEEN) -> None:
    """The lead is gone with its timeline, tasks, messages and enrollments; its inquiries stay as they came,
    of no lead, and so does whatever address must not be written to.

    NotFound; Outdated by `seen`; Conflict while a booking counts or duplicates point to it: counters and
    reports rest on these.
    """
    actor.require(Permission.DELETE_LEADS)
    with unit_of_work(actor.supplier_id) as session:
        lead = lock(session, lead_id)
        seen.check(lead, ())
        _may_go(session, lead)
        counted = worth(session, lead)
        gone = {name: getattr(lead, name) for name in KEPT}
        audit.record(session, actor, "deleted", lead, audit.Change(before=gone))
        after = nothing(lead)
        leave_all(session, lead)
        date_book.take_out(session, actor, lead)
        session.expunge(lead)
        session.execute(delete(Lead).where(Lead.supplier_id == actor.supplier_id, Lead.id == lead_id))
        day_changed(session, actor.supplier_id, lead.wedding_date, clock.now())
        move(counted, after)


def _may_go(session: Session, lead: Lead) -> None:
    if is_booked(session, lead):
        raise Conflict("This lead has a booking that counts; cancel the booking first.")
    repeats = exists().where(Lead.supplier_id == lead.supplier_id, Lead.duplicate_of_id == lead.id)
    if session.scalar(select(repeats)):
        raise Conflict("Other leads were merged into this one; undo that, or delete those first.")
