"""Leads are moved to the newest version of a sequence."""

from uuid import UUID

from app.workflows import go_on_moving


def move(supplier_id: str, sequence_id: str) -> None:
    go_on_moving.go_on_moving(UUID(supplier_id), UUID(sequence_id))
