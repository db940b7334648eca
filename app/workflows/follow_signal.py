"""All that follows from what comes back about a message.

A building block of `record_signal` and `receive_text`, inside their unit of work.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.messaging.agents import AT_ONCE
from app.messaging.claims import confirm
from app.messaging.signals import Noted, Signal, note
from app.messaging.suppressions import suppress
from app.models.choices import (
    Channel,
    InteractionType,
    MessageEventType,
    MessageState,
    Priority,
    SuppressionReason,
)
from app.models.lead_facts import record_interaction, recount
from app.models.leads import Lead, LeadInteraction
from app.models.messaging import Message
from app.models.nurture import Enrollment
from app.nurture.replies import end_on_reply
from app.nurture.tasks import add_task, responsible
from app.workflows.conclude_message import conclude_message
from app.workflows.follow_leads import follow_leads
from app.workflows.pass_on import pass_on
from app.workflows.switch_channel import Place, switch_channel
from app.workflows.withdraw import Withdrawal, withdraw


class _Heard(NamedTuple):
    """A new signal, on its locked lead and message."""

    session: Session
    lead: Lead
    message: Message
    signal: Signal
    now: datetime


def follow_signal(session: Session, lead: Lead, message: Message, signal: Signal, now: datetime) -> bool:
    """Write the signal down on its locked lead and message, with what follows; False when it is known."""
    noted = note(session, message, signal)
    if noted is None:
        return False
    heard = _Heard(session, lead, message, signal, now)
    _confirm(heard)
    if _FOLLOWING[signal.kind](heard, noted):
        follow_leads(session, [lead], now)
    return True


def _confirm(heard: _Heard) -> None:
    """Of a message that was uncertain, somebody now knows: so it left."""
    session, lead, message, _, now = heard
    if message.state is MessageState.UNCERTAIN:
        confirm(session, message, now, "signal_came_back")
        conclude_message(session, lead, message, MessageState.UNCERTAIN, now)


def _opened(heard: _Heard, noted: Noted) -> bool:
    message = heard.message
    if not noted.is_human or message.opened_at:
        return False
    message.opened_at = heard.signal.at
    _enter(heard, InteractionType.EMAIL_OPENED)
    _count(heard, "emails_opened", 1)
    return True


def _clicked(heard: _Heard, noted: Noted) -> bool:
    """Who follows a link has opened the e-mail, too, whether or not its pictures were shown."""
    message, signal = heard.message, heard.signal
    if noted.is_burst:
        return _take_back(heard)
    if not noted.is_human or message.clicked_at:
        return False
    _opened(heard, noted)
    message.clicked_at = signal.at
    target = message.links[signal.link] if signal.link is not None else signal.details.get("url")
    _enter(heard, InteractionType.EMAIL_CLICKED, metadata={"link": target} if target else {})
    _count(heard, "emails_clicked", 1)
    return True


def _take_back(heard: _Heard) -> bool:
    """The first of several links that were followed at once was taken for a person's; False if it was not.

    Its event stays as it was judged; what was counted by it does not.
    """
    session, lead, message, signal, _ = heard
    first = message.clicked_at
    if first is None or abs(signal.at - first) > AT_ONCE:
        return False
    kinds = [InteractionType.EMAIL_CLICKED]
    _count(heard, "emails_clicked", -1)
    if message.opened_at == first:
        kinds.append(InteractionType.EMAIL_OPENED)
        message.opened_at = None
        _count(heard, "emails_opened", -1)
    message.clicked_at = None
    its = (LeadInteraction.message_id == message.id, LeadInteraction.interaction_type.in_(kinds))
    session.execute(delete(LeadInteraction).where(*its, LeadInteraction.occurred_at == first))
    recount(session, lead.id)
    return True


def _delivered(_heard: _Heard, _noted: Noted) -> bool:
    return False


def _replied(heard: _Heard, noted: Noted) -> bool:
    """The couple wrote: it waits for an answer of a person, who is told, and sequences that end on a reply
    are over."""
    session, lead, message, signal, now = heard
    if not noted.is_human:
        return False
    message.replied_at = message.replied_at or signal.at
    by_mail = message.channel is Channel.EMAIL
    kind = InteractionType.EMAIL_REPLIED if by_mail else InteractionType.SMS_RECEIVED
    own = {"id": signal.entry_id} if signal.entry_id else {}
    entry = _enter(heard, kind, subject=signal.subject, content=signal.text, **own)
    end_on_reply(session, lead, signal.at, now)
    pass_on(session, lead, entry, now)
    return True


def _bounced(heard: _Heard, _noted: Noted) -> bool:
    """An address that will never work is not written to again, and a person hears of it, once."""
    session, lead, message, signal, now = heard
    if not signal.is_permanent:
        return False
    message.bounced_at = message.bounced_at or signal.at
    address = message.to_address
    if not suppress(session, lead.supplier_id, message.channel, address, SuppressionReason.HARD_BOUNCE):
        return False
    why = str(signal.details.get("reason") or "the provider says that it does not exist")
    if message.channel is Channel.EMAIL:
        _enter(heard, InteractionType.EMAIL_BOUNCED, content=why)
    add_task(
        session,
        lead,
        title=f"{address} of {lead.couple} does not work: ask for another",
        description=f"“{message.subject or 'A message'}” came back: {why}. Nothing more is sent there.",
        task_type="address_bounced",
        priority=Priority.HIGH,
        due_at=now,
        assigned_to_user_id=responsible(session, lead),
    )
    return True


def _complained(heard: _Heard, _noted: Noted) -> bool:
    return _withdraw(heard, SuppressionReason.COMPLAINT)


def _unsubscribed(heard: _Heard, _noted: Noted) -> bool:
    return _withdraw(heard, SuppressionReason.UNSUBSCRIBED)


def _withdraw(heard: _Heard, reason: SuppressionReason) -> bool:
    """An answer to a text message is about text messages; who unsubscribes by e-mail wants nothing more."""
    session, lead, message, signal, now = heard
    if message.channel is Channel.SMS:
        where = Place(message.channel, message.to_address, signal.source)
        return switch_channel(session, lead, where, now, is_on=False)
    withdraw(session, lead, message, Withdrawal(reason, signal.source), now)
    return False  # it scores by itself


def _enter(heard: _Heard, kind: InteractionType, **columns: Any) -> LeadInteraction:
    message = heard.message
    return record_interaction(
        heard.session,
        heard.lead,
        kind,
        occurred_at=heard.signal.at,
        system=True,
        message_id=message.id,
        step_id=message.sequence_step_id,
        **{"subject": message.subject} | columns,
    )


def _count(heard: _Heard, column: str, by: int) -> None:
    """In the enrollment that sent it, if one did."""
    counter = getattr(Enrollment, column)
    mine = update(Enrollment).where(Enrollment.id == heard.message.enrollment_id)
    heard.session.execute(mine.values({column: counter + by}))


_FOLLOWING: dict[MessageEventType, Callable[[_Heard, Noted], bool]] = {
    MessageEventType.OPENED: _opened,
    MessageEventType.CLICKED: _clicked,
    MessageEventType.DELIVERED: _delivered,
    MessageEventType.REPLIED: _replied,
    MessageEventType.BOUNCED: _bounced,
    MessageEventType.COMPLAINED: _complained,
    MessageEventType.UNSUBSCRIBED: _unsubscribed,
}
"""What follows from each; True when the lead's score may be another one by that."""
