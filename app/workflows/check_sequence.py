"""What is wrong with a sequence as it is being edited."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from app.nurture.authoring.desk import find_sequence
from app.nurture.authoring.publishable import problems
from app.nurture.authoring.rows import edited_steps
from app.nurture.checks import Problem
from app.workflows.messaging_told import asked


def check_sequence(session: Session, sequence_id: UUID) -> Sequence[Problem]:
    """Every problem with its place, warnings too. NotFound."""
    row = find_sequence(session, sequence_id)
    told = asked(session, row.supplier_id)
    return problems(session, row, edited_steps(session, row), told.messaging, told.now)
