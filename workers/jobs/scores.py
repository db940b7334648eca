"""Scores that failed, scores that move with the calendar, and all of a supplier's at once."""

from uuid import UUID

from app.workflows import rescore_supplier as nightly
from app.workflows.rescore_lead import rescore_lead
from app.workflows.run_rescore import run_rescore


def rescore(supplier_id: str, lead_id: str) -> None:
    rescore_lead(UUID(supplier_id), UUID(lead_id))


def rescore_supplier(supplier_id: str) -> None:
    nightly.rescore_supplier(UUID(supplier_id))


def run(supplier_id: str, rescore_id: str, _after: str = "") -> None:
    """`_after` tells the bells of one long run apart."""
    run_rescore(UUID(supplier_id), UUID(rescore_id))
