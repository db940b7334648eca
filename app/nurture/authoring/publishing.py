"""A draft becomes a version, which never changes again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import update

from app.models.nurture import DRAFT, SequenceStep, SequenceVersion
from app.nurture.authoring.desk import Desk, edited, note
from app.nurture.authoring.differences import differences, summary
from app.nurture.authoring.drafts import drop_draft
from app.nurture.authoring.publishable import Messaging, problems
from app.nurture.authoring.rows import Written, steps_of
from app.nurture.checks import Problem, refuse


@dataclass(frozen=True)
class Published:
    """The version since, what is different in it, and what is worth a look. `changed` is False when nothing
    was to publish."""

    sequence_id: UUID
    version: int
    revision: int
    summary: str
    warnings: Sequence[Problem] = ()
    changed: bool = True


class Asked(NamedTuple):
    messaging: Messaging
    now: datetime


def publish(desk: Desk, asked: Asked) -> Published:
    """The draft as the next version, which leads go by who enter from now on; those under way finish theirs.
    InvalidInput that names each problem by its place. A draft that says what is published already is dropped.
    """
    session, row = desk.session, desk.sequence
    if not row.has_draft:
        return Published(row.id, row.published_version, row.revision, "", changed=False)
    steps = steps_of(session, row.id, DRAFT)
    found = problems(session, row, steps, asked.messaging, asked.now)
    refuse(found)
    warnings = [one for one in found if one.is_warning]
    said = _summary(desk, steps)
    if not said:
        drop_draft(desk)
        done = edited(desk)
        return Published(row.id, row.published_version, done.revision, "", warnings, changed=False)
    row.published_version += 1
    draft = (SequenceStep.sequence_id == row.id, SequenceStep.version == DRAFT)
    session.execute(update(SequenceStep).where(*draft).values(version=row.published_version))
    row.has_draft = False
    session.add(
        SequenceVersion(
            supplier_id=row.supplier_id,
            sequence_id=row.id,
            version=row.published_version,
            user_id=desk.actor.user_id,
            summary=said,
            created_at=asked.now,
        )
    )
    done = edited(desk)
    note(desk, "published", after={"version": row.published_version, "summary": said})
    return Published(row.id, row.published_version, done.revision, said, warnings)


def _summary(desk: Desk, steps: Sequence[Written]) -> str:
    """What is different from the version before; nothing if it is the same."""
    row = desk.sequence
    if not row.published_version:
        return f"First version: {len(steps)} {'step' if len(steps) == 1 else 'steps'}"
    return summary(differences(steps_of(desk.session, row.id, row.published_version), steps))
