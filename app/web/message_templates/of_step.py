"""The step whose template is being edited, in the address: where the editor goes back to."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from flask import url_for

from app.kernel.schema import Schema, validate
from app.web import listing

Field = Literal[
    "email_template_id",
    "sms_template_id",
    "task_template_id",
    "variant_B",
    "variant_C",
    "variant_D",
    "variant_E",
]
"""Of the form of a step: those that name a template."""


class _Asked(Schema):
    sequence_id: UUID | None = None
    step_id: UUID | None = None
    field: Field | None = None


@dataclass(frozen=True)
class OfStep:
    """A step of a draft, and its field that names the template."""

    sequence_id: UUID
    step_id: UUID
    field: Field

    def address(self, chosen: UUID | None = None) -> str:
        """Of the step's form; with `chosen`, that template is chosen there."""
        also: dict[str, Any] = {self.field: chosen} if chosen else {}
        return url_for("sequences.edit_step", sequence_id=self.sequence_id, step_id=self.step_id, **also)


def of_step() -> OfStep | None:
    """None for a template by itself. InvalidInput for an address that cannot be read."""
    asked = validate(_Asked, listing.query())
    if asked.sequence_id is None or asked.step_id is None or asked.field is None:
        return None
    return OfStep(asked.sequence_id, asked.step_id, asked.field)
