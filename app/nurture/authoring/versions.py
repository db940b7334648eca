"""The versions of a sequence: which there are, and what is otherwise between two."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kernel.errors import NotFound
from app.models.accounts import User
from app.models.nurture import DRAFT, Enrollment, SequenceVersion
from app.nurture.authoring.desk import find_sequence
from app.nurture.authoring.differences import Difference, differences
from app.nurture.authoring.rows import Written, steps_of
from app.nurture.authoring.texts import names_of
from app.nurture.claims import LIVE


@dataclass(frozen=True)
class Listed:
    """A version in the list of them; `enrollments` are under way in it."""

    version: int
    summary: str
    created_at: datetime
    by: str | None
    enrollments: int


def listed(session: Session, sequence_id: UUID, most: int = 50, before: int | None = None) -> list[Listed]:
    """The versions, the newest first, those before that number. NotFound."""
    find_sequence(session, sequence_id)
    under_way = select(func.count()).where(
        Enrollment.sequence_id == SequenceVersion.sequence_id,
        Enrollment.version == SequenceVersion.version,
        Enrollment.status.in_(LIVE),
    )
    found = (
        select(
            SequenceVersion.version,
            SequenceVersion.summary,
            SequenceVersion.created_at,
            func.coalesce(func.nullif(User.full_name, ""), User.email),
            under_way.correlate(SequenceVersion).scalar_subquery(),
        )
        .outerjoin(User, User.id == SequenceVersion.user_id)
        .where(SequenceVersion.sequence_id == sequence_id)
        .order_by(SequenceVersion.version.desc())
        .limit(most)
    )
    if before is not None:
        found = found.where(SequenceVersion.version < before)
    return [Listed(*row) for row in session.execute(found)]


def steps_in(session: Session, sequence_id: UUID, version: int) -> list[Written]:
    """The steps of that version, in order; of the draft for 0, which is what is published while there is
    none. NotFound."""
    row = find_sequence(session, sequence_id)
    if version == DRAFT:
        return steps_of(session, row.id, DRAFT if row.has_draft else row.published_version)
    if not 0 < version <= row.published_version:
        raise NotFound("version of this sequence")
    return steps_of(session, row.id, version)


def compare(session: Session, sequence_id: UUID, before: int, after: int) -> list[Difference]:
    """What is otherwise in `after` (0: the draft). NotFound."""
    old, new = (steps_in(session, sequence_id, version) for version in (before, after))
    return differences(old, new, names_of(session, [*old, *new]))
