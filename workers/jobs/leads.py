"""What the morning holds for those who look after leads."""

from uuid import UUID

from app.workflows import send_digests as mornings


def send_digests(supplier_id: str) -> None:
    mornings.send_digests(UUID(supplier_id))
