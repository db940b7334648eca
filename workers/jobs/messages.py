"""Messages on their way out."""

from uuid import UUID

from app.workflows.deliver_message import deliver_message
from app.workflows.deliver_messages import deliver_messages


def deliver(supplier_id: str, message_id: str) -> None:
    deliver_message(UUID(supplier_id), UUID(message_id))


def deliver_due(supplier_id: str) -> None:
    deliver_messages(UUID(supplier_id))
