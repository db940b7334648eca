"""Steps of sequences."""

from uuid import UUID

from app.workflows import run_step as one
from app.workflows import run_steps as due


def run_step(supplier_id: str, enrollment_id: str) -> None:
    one.run_step(UUID(supplier_id), UUID(enrollment_id))


def run_steps(supplier_id: str) -> None:
    due.run_steps(UUID(supplier_id))
