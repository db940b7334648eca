"""What a couple wants to get, as their page shows it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.kernel.errors import NotFound
from app.kernel.schema import Schema
from app.kernel.uow import reading
from app.messaging.suppressions import reason_for
from app.models.choices import Channel, SuppressionReason
from app.models.leads import Lead
from app.models.messaging import Message


class Wishes(Schema):
    """What is on; what the page leaves out is off."""

    follow_ups: bool = False
    """E-mails about their inquiry."""
    marketing: bool = False
    """News and offers."""
    texts: bool = False


@dataclass(frozen=True)
class Line:
    """A channel of the couple: `is_barred` when something else than their wish stops it."""

    address: str
    is_on: bool
    is_barred: bool

    @property
    def masked(self) -> str:
        """Enough to know it again, as a link may be passed on."""
        name, at, domain = self.address.rpartition("@")
        return f"{name[:1]}…{at}{domain}" if at else f"…{self.address[-3:]}"


@dataclass(frozen=True)
class Preferences:
    """None: we know no such address."""

    mail: Line | None
    texts: Line | None
    marketing: bool


def read(supplier_id: UUID, message_id: UUID) -> Preferences:
    """As it is now, for whoever got that message. NotFound when it is gone."""
    with reading(supplier_id) as session:
        wanted = select(Message).options(joinedload(Message.lead)).where(Message.id == message_id)
        message = session.scalar(wanted)
        if message is None:
            raise NotFound("message")
        lead, known = message.lead, addresses(message.lead, message)
        lines = {channel: _line(session, lead, channel, address) for channel, address in known.items()}
        return Preferences(lines.get(Channel.EMAIL), lines.get(Channel.SMS), lead.consent_marketing)


def addresses(lead: Lead, message: Message) -> dict[Channel, str]:
    """The couple's address on each channel: the one that got the message, else what the lead says."""
    known = {Channel.EMAIL: lead.primary_email, Channel.SMS: lead.primary_phone}
    known[message.channel] = message.to_address
    return {channel: address for channel, address in known.items() if address}


def _line(session: Session, lead: Lead, channel: Channel, address: str) -> Line:
    reason = reason_for(session, lead.supplier_id, channel, address)
    is_barred = reason not in (None, SuppressionReason.UNSUBSCRIBED)
    return Line(address, lead.opt_out_date is None and reason is None, is_barred)
