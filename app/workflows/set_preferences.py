"""A couple chooses what it wants to get. What it switches on by its own hand lifts what it stopped before."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.uow import unit_of_work
from app.messaging.claims import lock
from app.messaging.preferences import Wishes, addresses
from app.models.choices import Channel, InteractionType
from app.models.lead_facts import record_interaction
from app.models.leads import Lead
from app.nurture.progress import end_all
from app.privacy.consent import Said, set_marketing
from app.workflows.follow_leads import follow_leads
from app.workflows.switch_channel import Place, switch_channel

SOURCE = "preference page"


def set_preferences(supplier_id: UUID, message_id: UUID, wishes: Wishes) -> None:
    """From this moment on, for whoever got that message; the same wishes again change nothing. NotFound when
    the message is gone."""
    with unit_of_work(supplier_id) as session:
        locked = lock(session, message_id)
        if locked is None:
            raise NotFound("message")
        lead, message = locked
        known, now = addresses(lead, message), clock.now()
        wanted = {Channel.EMAIL: wishes.follow_ups, Channel.SMS: wishes.texts}
        for channel, address in known.items():
            place = Place(channel, address, SOURCE)
            switch_channel(session, lead, place, now, is_on=wanted[channel])
        _opt(session, lead, now, out=not any(wanted[channel] for channel in known))
        if wishes.marketing is not lead.consent_marketing:
            _agree(session, lead, known.get(Channel.EMAIL), now, agreed=wishes.marketing)
        follow_leads(session, [lead], now)


def _opt(session: Session, lead: Lead, now: datetime, *, out: bool) -> None:
    """Who switches everything off wants nothing that goes by itself, by whatever way."""
    if out:
        lead.opt_out_date = lead.opt_out_date or now
        end_all(session, lead, "opted_out", now)
    else:
        lead.opt_out_date = None


def _agree(session: Session, lead: Lead, address: str | None, now: datetime, *, agreed: bool) -> None:
    said = Said(Channel.EMAIL, SOURCE, address)
    set_marketing(session, lead, said, now, agreed=agreed)
    record_interaction(
        session,
        lead,
        InteractionType.CONSENT_CHANGED,
        occurred_at=now,
        system=True,
        subject=f"News and offers {'on' if agreed else 'off'}: {SOURCE}",
    )
