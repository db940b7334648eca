"""What every answer to a change of a sequence says."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from app.kernel.db import db
from app.nurture.authoring.desk import Edited, find_sequence
from app.nurture.authoring.rows import edited_steps
from app.rest.answers import answer
from app.rest.shapes import sequences as shapes


def as_edited(session: Session, sequence_id: UUID) -> dict[str, Any]:
    """The sequence and its steps, as an editor sees them; NotFound."""
    row = find_sequence(session, sequence_id)
    return {"sequence": shapes.sequence(row), "steps": shapes.steps(edited_steps(session, row))}


def told(done: Edited, message: str, status: int = 200) -> Response:
    """The sequence as it is now."""
    said = message if done.changed else "Nothing changed."
    found = as_edited(db.session(), done.sequence_id)
    return answer(shapes.SequenceResponse(**found, step_key=done.step_key, message=said), status)
