"""Scores that could not be computed when they changed, and those that move with the calendar."""

from uuid import UUID

from app.workflows import rescore_supplier as nightly
from app.workflows.rescore_lead import rescore_lead


def rescore(supplier_id: str, lead_id: str) -> None:
    rescore_lead(UUID(supplier_id), UUID(lead_id))


def rescore_supplier(supplier_id: str) -> None:
    nightly.rescore_supplier(UUID(supplier_id))
