"""What came back about messages and could not be written down at once."""

from uuid import UUID

from app.messaging.signals import unpack
from app.workflows.record_signal import record_signal


def record_visit(supplier_id: str, message_id: str, packed: str) -> None:
    record_signal(UUID(supplier_id), UUID(message_id), unpack(packed))
