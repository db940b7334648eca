"""Leads of a sequence are moved to its newest version, go on in it, or leave it."""

from uuid import UUID

from app.workflows import go_on_ending, go_on_moving, wake_enrollments


def move(supplier_id: str, sequence_id: str) -> None:
    go_on_moving.go_on_moving(UUID(supplier_id), UUID(sequence_id))


def end(supplier_id: str, sequence_id: str) -> None:
    go_on_ending.go_on_ending(UUID(supplier_id), UUID(sequence_id))


def wake(supplier_id: str, sequence_id: str, after: str = "") -> None:
    wake_enrollments.wake_enrollments(UUID(supplier_id), UUID(sequence_id), UUID(after) if after else None)
