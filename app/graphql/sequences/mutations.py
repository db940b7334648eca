"""Sequences are made, edited as drafts, published; leads under way are moved to the newest version."""

from typing import Annotated, Any
from uuid import UUID

import strawberry

from app.graphql.context import Info
from app.graphql.declare import mutation, value
from app.graphql.payload import Payload, row_of
from app.graphql.read import Rows
from app.graphql.sequences import editing
from app.graphql.sequences.types import NurtureSequence
from app.models import nurture as models
from app.nurture.authoring import drafts, sequences
from app.nurture.authoring.desk import Edited
from app.nurture.authoring.schemas import (
    SequenceCopy,
    SequenceCreate,
    SequencePatch,
    StepOrder,
    StepPatch,
    StepWrite,
)
from app.nurture.ready_made.taking import take_ready_made
from app.workflows.create_sequence import create_sequence
from app.workflows.end_enrollments import end_enrollments
from app.workflows.move_enrollments import move_enrollments
from app.workflows.publish_sequence import publish_sequence
from app.workflows.remove_sequence import remove_sequence

Seen = Annotated[
    int | None,
    strawberry.argument(description="The revision that you saw; if it is another by now, nothing is done."),
]


@value
class SequencePayload(Payload):
    sequence: Rows | None = strawberry.field(graphql_type=NurtureSequence | None, default=None)


@value
class SequenceStepPayload(SequencePayload):
    step_key: UUID | None = strawberry.field(default=None, description="Of the step that was written.")


@value
class DeleteSequencePayload(Payload):
    sequence_id: UUID | None = None
    archived: bool | None = strawberry.field(
        default=None, description="Leads have been in it, so that it is switched off and kept."
    )
    ended: int | None = strawberry.field(default=None, description="So many left it at once.")
    left: int | None = strawberry.field(default=None, description="So many leave in the background.")


@value
class EndEnrollmentsPayload(SequencePayload):
    """`ended` left the sequence at once; `left` leave in the background."""

    ended: int | None = None
    left: int | None = None


@value
class PublishSequencePayload(SequencePayload):
    version: int | None = None
    summary: str | None = strawberry.field(default=None, description="What is different, in words.")
    warnings: list[editing.SequenceProblem] = strawberry.field(default_factory=list)


@value
class MoveEnrollmentsPayload(SequencePayload):
    """`moved` at once; `left` are moved in the background; `staying` stay where they are."""

    moved: int | None = None
    left: int | None = None
    staying: int | None = None


@value
class SequenceMutations:
    @mutation
    def create_nurture_sequence(self, info: Info, input: SequenceCreate) -> SequencePayload:
        """Make a sequence, with its steps if it is to have some at once, and publish it if asked for."""
        return _told(create_sequence(info.context.actor, input), "Sequence made.")

    @mutation
    def update_nurture_sequence(
        self, info: Info, id: UUID, input: SequencePatch, revision: Seen = None
    ) -> SequencePayload:
        """Change settings, which hold at once: what is absent stays, null clears."""
        return _told(sequences.update_sequence(info.context.actor, id, input, revision), "Sequence changed.")

    @mutation
    def delete_nurture_sequence(self, info: Info, id: UUID, revision: Seen = None) -> DeleteSequencePayload:
        """Delete a sequence; one that leads have been in is switched off and kept, and all leave it."""
        done = remove_sequence(info.context.actor, id, revision)
        return DeleteSequencePayload(
            success=True,
            message="Sequence switched off." if done.archived else "Sequence deleted.",
            sequence_id=id,
            archived=done.archived,
            ended=done.ended,
            left=done.left,
        )

    @mutation
    def end_enrollments(self, info: Info, sequence_id: UUID) -> EndEnrollmentsPayload:
        """Take everybody who is under way out of a sequence that is off; what waits is not sent."""
        done = end_enrollments(info.context.actor, sequence_id)
        return EndEnrollmentsPayload(
            success=True,
            message="Leads are leaving." if done.left else "Leads left.",
            sequence=row_of(models.NurtureSequence, sequence_id),
            ended=done.ended,
            left=done.left,
        )

    @mutation
    def copy_nurture_sequence(self, info: Info, id: UUID, input: SequenceCopy) -> SequencePayload:
        """Make another sequence with the same settings and steps, as a draft."""
        return _told(sequences.copy_sequence(info.context.actor, id, input), "Sequence copied.")

    @mutation
    def take_ready_made_sequence(self, info: Info, key: str) -> SequencePayload:
        """Take one of `readyMadeSequences`: its templates, and its steps as a draft to look at."""
        return _told(take_ready_made(info.context.actor, key), "Sequence taken.")

    @mutation
    def add_sequence_step(
        self, info: Info, sequence_id: UUID, input: StepWrite, revision: Seen = None
    ) -> SequenceStepPayload:
        """Add a step to the draft. Leads go by what is published until the draft is."""
        return _step(drafts.add_step(info.context.actor, sequence_id, input, revision), "Step added.")

    @mutation
    def update_sequence_step(
        self, info: Info, sequence_id: UUID, step_key: UUID, input: StepPatch, revision: Seen = None
    ) -> SequenceStepPayload:
        """Change a step of the draft: what is absent stays, null clears."""
        done = drafts.change_step(info.context.actor, sequence_id, step_key, input, revision)
        return _step(done, "Step changed.")

    @mutation
    def remove_sequence_step(
        self, info: Info, sequence_id: UUID, step_key: UUID, revision: Seen = None
    ) -> SequencePayload:
        """Take a step out of the draft; no branch may lead to it."""
        return _told(drafts.remove_step(info.context.actor, sequence_id, step_key, revision), "Step removed.")

    @mutation
    def order_sequence_steps(
        self, info: Info, sequence_id: UUID, input: StepOrder, revision: Seen = None
    ) -> SequencePayload:
        """Put the draft's steps in this order; branches follow the steps they name."""
        done = drafts.order_steps(info.context.actor, sequence_id, input, revision)
        return _told(done, "Steps put in order.")

    @mutation
    def discard_sequence_draft(self, info: Info, id: UUID, revision: Seen = None) -> SequencePayload:
        """Forget what is not published."""
        return _told(drafts.discard_draft(info.context.actor, id, revision), "Draft discarded.")

    @mutation
    def publish_nurture_sequence(self, info: Info, id: UUID, revision: Seen = None) -> PublishSequencePayload:
        """Make the draft a version, which never changes again. Every problem is named by its place."""
        done = publish_sequence(info.context.actor, id, revision)
        return PublishSequencePayload(
            success=True,
            message=f"Version {done.version} published." if done.changed else "Nothing changed.",
            sequence=row_of(models.NurtureSequence, id),
            version=done.version,
            summary=done.summary,
            warnings=[editing.problem(one) for one in done.warnings],
        )

    @mutation
    def move_enrollments(self, info: Info, sequence_id: UUID, version: int) -> MoveEnrollmentsPayload:
        """Move leads that are under way to the newest version, the one of which `sequenceMoves` told."""
        done = move_enrollments(info.context.actor, sequence_id, version)
        return MoveEnrollmentsPayload(
            success=True,
            message="Leads are being moved." if done.left else "Leads moved.",
            sequence=row_of(models.NurtureSequence, sequence_id),
            moved=done.moved,
            left=done.left,
            staying=done.staying,
        )


def _told(done: Edited, message: str) -> SequencePayload:
    return SequencePayload(**_said(done, message))


def _step(done: Edited, message: str) -> SequenceStepPayload:
    return SequenceStepPayload(**_said(done, message), step_key=done.step_key)


def _said(done: Edited, message: str) -> dict[str, Any]:
    return {
        "success": True,
        "message": message if done.changed else "Nothing changed.",
        "sequence": row_of(models.NurtureSequence, done.sequence_id),
    }
