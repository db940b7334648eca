"""Leads that nobody looks after, and what the morning holds for those who look after them."""

from uuid import UUID

from app.workflows import assign_waiting as waiting
from app.workflows import send_digests as mornings


def assign_waiting(supplier_id: str) -> None:
    waiting.assign_waiting(UUID(supplier_id))


def send_digests(supplier_id: str) -> None:
    mornings.send_digests(UUID(supplier_id))
