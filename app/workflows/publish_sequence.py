"""Publish the draft of a sequence."""

from uuid import UUID

from app.kernel.actor import Actor
from app.nurture.authoring.desk import editing
from app.nurture.authoring.publishing import Published, publish
from app.workflows.messaging_told import asked


def publish_sequence(actor: Actor, sequence_id: UUID, seen: int | None = None) -> Published:
    """The draft as the next version. NotFound; InvalidInput that names each problem by its place; Outdated if
    `seen` is given and is not its revision any more."""
    with editing(actor, sequence_id, seen) as desk:
        return publish(desk, asked(desk.session, actor.supplier_id))
