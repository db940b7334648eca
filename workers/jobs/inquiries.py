"""Inquiries that are stored and not yet a lead."""

from uuid import UUID

from app.kernel.actor import system
from app.workflows.capture_lead import capture_lead


def capture(supplier_id: str, inquiry_id: str) -> None:
    capture_lead(system(UUID(supplier_id)), UUID(inquiry_id))
