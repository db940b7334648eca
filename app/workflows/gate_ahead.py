"""The gate that a lead's forecasts go by: messaging's word on what sequences would send."""

from datetime import datetime
from functools import cache

from sqlalchemy.orm import Session

from app.messaging.gate import Drop, Wait
from app.messaging.outlook import Expected, Outlook, read_outlook
from app.models.accounts import Supplier
from app.models.choices import Channel
from app.models.leads import Lead
from app.nurture.engine.actions import SendSms
from app.nurture.engine.forecast import Gate, ToSend
from app.nurture.engine.outcomes import Hold, Skip


def gate_ahead(session: Session, lead: Lead, now: datetime) -> Gate:
    """For one lead's sequences together: what leaves of one counts for the caps of the others. Nothing is
    read before a message is asked for."""

    @cache
    def outlook() -> Outlook:
        return read_outlook(session, lead, session.get_one(Supplier, lead.supplier_id), now)

    def gate(wanted: ToSend, at: datetime) -> Hold | Skip | None:
        match outlook().judge(_expected(wanted), at):
            case Wait(until, reason):
                return Hold(reason, until)
            case Drop(reason):
                return Skip(reason)
        return None

    return gate


def _expected(wanted: ToSend) -> Expected:
    step = wanted.step
    return Expected(
        message_class=wanted.message.message_class,
        channel=Channel.SMS if isinstance(wanted.message, SendSms) else Channel.EMAIL,
        due_at=wanted.due_at,
        not_after=wanted.due_at + step.max_lateness if step.max_lateness else None,
        send_time=step.timing.send_time,
        send_days=step.timing.send_days,
    )
