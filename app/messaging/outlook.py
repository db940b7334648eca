"""What the gate will say of a lead's automated messages that are not written yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kernel.zones import zone
from app.messaging.facts import CAPPED
from app.messaging.gate import Facts, Send, Verdict, counted_since, judge
from app.messaging.suppressions import reason_for
from app.models.accounts import Supplier
from app.models.choices import Channel, MessageClass, MessageState
from app.models.leads import Lead
from app.models.messaging import Message

LEFT = (MessageState.ACCEPTED, MessageState.UNCERTAIN)


@dataclass(frozen=True)
class Expected:
    """A message that a step will write when it is due; `send_time` and `send_days` are the step's."""

    message_class: str
    channel: Channel
    due_at: datetime
    not_after: datetime | None
    send_time: time | None
    send_days: frozenset[int]


@dataclass(frozen=True)
class Outlook:
    """One lead, and when messages that count for its caps left or will leave."""

    lead: Lead
    supplier: Supplier
    suppressed: Mapping[Channel, str | None]
    left: list[datetime]

    def judge(self, message: Expected, at: datetime) -> Verdict:
        """The gate's word on it at that moment, as if nobody held it; what leaves counts from then on."""
        verdict = judge(self._facts(message, at), at)
        if isinstance(verdict, Send) and message.message_class != MessageClass.ACKNOWLEDGEMENT:
            self.left.append(at)
        return verdict

    def _facts(self, message: Expected, at: datetime) -> Facts:
        lead, supplier = self.lead, self.supplier
        where = zone(supplier.timezone)
        today, week = counted_since(at, where)
        return Facts(
            message_class=message.message_class,
            channel=message.channel,
            created_at=message.due_at,
            not_after=message.not_after,
            zone=where,
            suppression=self.suppressed[message.channel],
            opted_out_at=lead.opt_out_date,
            marketing_consent=lead.consent_marketing,
            send_time=message.send_time,
            send_days=message.send_days,
            closed=frozenset(supplier.holidays),
            daily_cap=supplier.daily_message_cap,
            weekly_cap=supplier.weekly_message_cap,
            ahead_today=_since(self.left, today),
            ahead_this_week=_since(self.left, week),
        )


def read_outlook(session: Session, lead: Lead, supplier: Supplier, now: datetime) -> Outlook:
    """By what has left by now. A message that waits or is being sent counts when it is asked for."""
    _, week = counted_since(now, zone(supplier.timezone))
    left_at = func.coalesce(Message.accepted_at, Message.updated_at)
    its = (*CAPPED, Message.lead_id == lead.id, Message.state.in_(LEFT), left_at >= week)
    left = list(session.scalars(select(left_at).where(*its)))
    addresses = {Channel.EMAIL: lead.primary_email, Channel.SMS: lead.primary_phone}
    suppressed = {
        channel: reason_for(session, lead.supplier_id, channel, address) if address else None
        for channel, address in addresses.items()
    }
    return Outlook(lead, supplier, suppressed, left)


def _since(left: Iterable[datetime], start: datetime) -> int:
    return sum(at >= start for at in left)
