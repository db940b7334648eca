"""A booking or a payment is called off."""

from uuid import UUID

from app.conversions.bookings import live, recognised
from app.kernel import audit, clock
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict
from app.kernel.uow import unit_of_work
from app.leads import date_book
from app.leads.changing import lock_with_lead
from app.models.choices import LeadStatus
from app.models.conversions import Conversion
from app.nurture.progress import set_converted
from app.sources.counting import move, worth
from app.workflows.follow_leads import follow_leads
from app.workflows.lead_moves import write_move


def cancel_conversion(actor: Actor, conversion_id: UUID) -> UUID:
    """The milestone counts no more; the lead's id. Without any other the lead reopens, in negotiation.

    NotFound; Conflict when it is cancelled already.
    """
    actor.require(Permission.WRITE_LEADS)
    with unit_of_work(actor.supplier_id) as session:
        lead, conversion = lock_with_lead(session, Conversion, conversion_id)
        now = clock.now()
        if conversion.cancelled_at:
            raise Conflict("This is cancelled already.")
        counted = worth(session, lead)
        audit.update(session, actor, conversion, {"cancelled_at": now}, action="cancelled")
        session.flush()
        lead.conversion_value = recognised(session, lead.id)
        lead.updated_at = now
        if lead.lead_status is LeadStatus.WON and not live(session, lead.id):
            lead.lead_status, lead.converted_at = LeadStatus.NEGOTIATION, None
            date_book.give_back(session, actor, lead)
            write_move(session, actor, lead, LeadStatus.WON, now)
            set_converted(session, lead, converted=False)
        follow_leads(session, [lead], now, evaluate=[lead.id])
        move(counted, worth(session, lead))
        return lead.id
