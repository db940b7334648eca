"""Steps of sequences."""

from uuid import UUID

from app.workflows import run_step as workflow


def run_step(supplier_id: str, enrollment_id: str) -> None:
    workflow.run_step(UUID(supplier_id), UUID(enrollment_id))
