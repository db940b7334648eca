"""Messages on their way out."""

from uuid import UUID

from app.workflows.deliver_message import deliver_message


def deliver(supplier_id: str, message_id: str) -> None:
    deliver_message(UUID(supplier_id), UUID(message_id))
