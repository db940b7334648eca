"""Publish the draft of a sequence, and take those along who are under way in it."""

from dataclasses import dataclass
from uuid import UUID

from app.kernel.actor import Actor
from app.nurture.authoring.publishing import Published
from app.workflows.move_enrollments import Moved, move_enrollments
from app.workflows.publish_sequence import publish_sequence


@dataclass(frozen=True)
class PublishedAndMoved:
    published: Published
    moved: Moved | None
    """None: nothing new was published."""


def publish_and_move(actor: Actor, sequence_id: UUID, seen: int | None = None) -> PublishedAndMoved:
    """First the one, then the other: what is published stays so if a newer version comes in between, and the
    move is refused. NotFound; InvalidInput that names each problem by its place; Outdated."""
    published = publish_sequence(actor, sequence_id, seen)
    if not published.changed:
        return PublishedAndMoved(published, None)
    return PublishedAndMoved(published, move_enrollments(actor, sequence_id, published.version))
