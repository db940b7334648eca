"""A couple books or pays."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from app.conversions.bookings import RECOGNISING, record
from app.conversions.schemas import ConvertLead
from app.kernel import audit, clock
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict, InvalidInput
from app.kernel.uow import unit_of_work
from app.leads import date_book
from app.leads.changing import lock
from app.models.choices import OPEN_STATUSES, InteractionType, LeadStatus
from app.models.conversions import Conversion
from app.models.lead_facts import record_interaction
from app.models.leads import Lead
from app.nurture.progress import end_all, set_converted
from app.sources.counting import move, worth
from app.workflows.follow_leads import follow_leads
from app.workflows.lead_moves import write_move

CONVERTIBLE = OPEN_STATUSES | {LeadStatus.WON}


@dataclass(frozen=True)
class Attribution:
    """A source's part of the recognised value; the percentages sum to 100."""

    source: str
    attribution_percentage: Decimal
    attributed_revenue: Decimal


@dataclass(frozen=True)
class Converted:
    """The milestone, and who earned what by it. Payments recognise nothing: their revenue is 0."""

    conversion_id: UUID
    lead_id: UUID
    revenue_attributed: Decimal
    attributions: list[Attribution] = field(default_factory=list)


def convert_lead(actor: Actor, lead_id: UUID, data: ConvertLead) -> Converted:
    """The lead is won. The first booking or contract recognises its value, books the day and credits the
    sources; payments and the service done are milestones of the same booking.

    NotFound; InvalidInput for a day still to come or a source that is not one; Conflict for a lost, spam or
    duplicate lead, and for a second booking.
    """
    actor.require(Permission.WRITE_LEADS)
    with unit_of_work(actor.supplier_id) as session:
        lead = lock(session, lead_id)
        now = clock.now()
        at = _when(lead, data, now)
        counted = worth(session, lead)
        conversion, credits = record(session, lead, data, at)
        _book(session, actor, lead, conversion, now)
        said = {"lead_id": lead_id, **data.model_dump(exclude_defaults=True)}
        audit.record(session, actor, "created", conversion, audit.Change(after=said))
        follow_leads(session, [lead], now, evaluate=[lead.id])
        move(counted, worth(session, lead))
        shares = [Attribution(one.source_name, one.share * 100, one.amount) for one in credits]
        return Converted(conversion.id, lead_id, conversion.attributed_revenue or Decimal(0), shares)


def _when(lead: Lead, data: ConvertLead, now: datetime) -> datetime:
    if lead.lead_status not in CONVERTIBLE:
        raise Conflict(f"This lead is {lead.lead_status}; reopen it before it books.")
    at = data.conversion_date or now
    if at > now:
        raise InvalidInput.of("conversion_date", "future", "A booking is recorded once it is made.")
    return at


def _book(session: Session, actor: Actor, lead: Lead, conversion: Conversion, now: datetime) -> None:
    """What the milestone means for the lead."""
    if conversion.attributed_revenue is not None:
        lead.conversion_value = conversion.attributed_revenue
        lead.converted_at = conversion.conversion_date
    if conversion.conversion_type not in RECOGNISING:
        _note_payment(session, actor, lead, conversion)
    lead.updated_at = now
    if lead.lead_status is LeadStatus.WON:
        return
    before, lead.lead_status = lead.lead_status, LeadStatus.WON
    lead.converted_at = lead.converted_at or conversion.conversion_date
    date_book.book(session, actor, lead)
    write_move(session, actor, lead, before, now)
    set_converted(session, lead, converted=True)
    end_all(session, lead, LeadStatus.WON, now)


def _note_payment(session: Session, actor: Actor, lead: Lead, conversion: Conversion) -> None:
    record_interaction(
        session,
        lead,
        InteractionType.PAYMENT_RECEIVED,
        occurred_at=conversion.conversion_date,
        subject=conversion.conversion_type.replace("_", " ").capitalize(),
        content=conversion.notes,
        metadata={"amount": str(conversion.conversion_value), "conversion_id": str(conversion.id)},
        user_id=actor.user_id,
    )
