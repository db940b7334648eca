"""Steps of sequences."""

from uuid import UUID

from app.workflows import begin_day as day
from app.workflows import evaluate_leads as marked
from app.workflows import run_step as one
from app.workflows import run_steps as due


def run_step(supplier_id: str, enrollment_id: str) -> None:
    one.run_step(UUID(supplier_id), UUID(enrollment_id))


def run_steps(supplier_id: str) -> None:
    due.run_steps(UUID(supplier_id))


def evaluate(supplier_id: str) -> None:
    marked.evaluate_leads(UUID(supplier_id))


def begin_day(supplier_id: str) -> None:
    day.begin_day(UUID(supplier_id))
