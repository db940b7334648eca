"""A message that has left, and what comes back about it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.kernel import clock
from app.messaging.signals import Signal
from app.models.choices import MessageEventType
from app.models.messaging import Message
from app.workflows.deliver_message import deliver_message
from app.workflows.record_signal import record_signal
from app.workflows.run_step import run_step
from tests.cast import House
from tests.factories.nurture import change, email_step, enrollment, make_lead, make_sequence, messages

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
LINKS = ["https://rosewood.example/a", "https://rosewood.example/b", "https://rosewood.example/c"]


def sent(house: House, links: Sequence[str] = LINKS, **sequence: Any) -> Message:
    """A message that has left at `NOW`, with a second one a day later in the same sequence."""
    later = email_step(house, subject="Second", delay_amount=1, delay_unit="days")
    make_sequence(house, [email_step(house, subject="First"), later], **sequence)
    return sent_to(house, make_lead(house, NOW, consent_marketing=True), links)


def sent_to(house: House, lead_id: UUID, links: Sequence[str] = LINKS) -> Message:
    with clock.at(NOW):
        run_step(house.supplier_id, enrollment(house, lead_id).id)
        message = messages(house, lead_id)[0]
        change(house, Message, message.id, links=list(links))
        deliver_message(house.supplier_id, message.id)
    return messages(house, lead_id)[0]


def tell(house: House, message: Message, kind: MessageEventType, at: datetime = NOW, **said: Any) -> bool:
    with clock.at(at):
        return record_signal(house.supplier_id, message.id, Signal(kind, at, **said))
