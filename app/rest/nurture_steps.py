"""`/api/nurture-sequences/<id>/steps`: the draft of a sequence, what is wrong with it, and publishing it."""

from uuid import UUID

from flask import Blueprint, Response

from app.accounts.access import current_actor
from app.kernel.db import db
from app.nurture.authoring import drafts
from app.nurture.authoring.schemas import StepOrder, StepPatch, StepWrite
from app.nurture.authoring.versions import steps_in
from app.rest.answers import answer
from app.rest.door import guard
from app.rest.examples import SAMPLE_ID
from app.rest.nurture_sequences import STEP, TAG, WRITES, WRITTEN
from app.rest.operation import operation
from app.rest.sequences_told import told
from app.rest.shapes import sequences as shapes
from app.workflows.check_sequence import check_sequence
from app.workflows.publish_sequence import publish_sequence

blueprint = guard(
    Blueprint("api_nurture_steps", __name__, url_prefix="/api/nurture-sequences/<uuid:sequence_id>")
)


@blueprint.get("/steps")
@operation("listSequenceSteps", tag=TAG, answers={200: shapes.SequenceStepsResponse})
def index(sequence_id: UUID, query: shapes.StepsQuery) -> Response:
    """List a sequence's steps. As an editor sees them, or those of one version."""
    found = steps_in(db.session(), sequence_id, query.version)
    return answer(shapes.SequenceStepsResponse(steps=shapes.steps(found)))


@blueprint.post("/steps")
@operation("addSequenceStep", **WRITES, answers={201: shapes.SequenceResponse}, refuses=(412,), example=STEP)
def add(sequence_id: UUID, body: StepWrite, query: shapes.RevisionQuery) -> Response:
    """Add a step to a sequence's draft. Leads go by what is published until the draft is."""
    done = drafts.add_step(current_actor(), sequence_id, body, query.revision)
    return told(done, "Step added.", 201)


@blueprint.post("/steps/order")
@operation(
    "orderSequenceSteps",
    **WRITES,
    answers={200: shapes.SequenceResponse},
    refuses=(412,),
    example={"step_keys": [SAMPLE_ID]},
)
def order(sequence_id: UUID, body: StepOrder, query: shapes.RevisionQuery) -> Response:
    """Put the draft's steps in order. Branches follow the steps they name."""
    done = drafts.order_steps(current_actor(), sequence_id, body, query.revision)
    return told(done, "Steps put in order.")


@blueprint.patch("/steps/<uuid:step_id>")
@operation("updateSequenceStep", **WRITES, **WRITTEN, example={"delay_amount": 3, "send_days": [2, 3, 4]})
def update(sequence_id: UUID, step_id: UUID, body: StepPatch, query: shapes.RevisionQuery) -> Response:
    """Change a step of a sequence's draft. `step_id` is its `step_key`; what is absent stays, null clears."""
    done = drafts.change_step(current_actor(), sequence_id, step_id, body, query.revision)
    return told(done, "Step changed.")


@blueprint.delete("/steps/<uuid:step_id>")
@operation("removeSequenceStep", **WRITES, **WRITTEN)
def remove(sequence_id: UUID, step_id: UUID, query: shapes.RevisionQuery) -> Response:
    """Take a step out of a sequence's draft. `step_id` is its `step_key`; no branch may lead to it."""
    done = drafts.remove_step(current_actor(), sequence_id, step_id, query.revision)
    return told(done, "Step removed.")


@blueprint.delete("/draft")
@operation("discardSequenceDraft", **WRITES, **WRITTEN)
def discard(sequence_id: UUID, query: shapes.RevisionQuery) -> Response:
    """Discard a sequence's draft. What is published stays."""
    return told(drafts.discard_draft(current_actor(), sequence_id, query.revision), "Draft discarded.")


@blueprint.get("/problems")
@operation("checkNurtureSequence", tag=TAG, answers={200: shapes.SequenceProblemsResponse})
def check(sequence_id: UUID) -> Response:
    """Check a sequence as it is being edited. Every problem comes with its place and its reason."""
    found = [shapes.SequenceProblem.model_validate(one) for one in check_sequence(db.session(), sequence_id)]
    fine = all(one.is_warning for one in found)
    return answer(shapes.SequenceProblemsResponse(problems=found, can_be_published=fine))


@blueprint.post("/publish")
@operation("publishNurtureSequence", **WRITES, answers={200: shapes.PublishResponse}, refuses=(412,))
def publish(sequence_id: UUID, query: shapes.RevisionQuery) -> Response:
    """Publish a sequence's draft. It becomes a version that never changes; every problem is named (422)."""
    done = publish_sequence(current_actor(), sequence_id, query.revision)
    return answer(
        shapes.PublishResponse(
            version=done.version,
            revision=done.revision,
            summary=done.summary,
            warnings=[shapes.SequenceProblem.model_validate(one) for one in done.warnings],
            message=f"Version {done.version} published." if done.changed else "Nothing changed.",
        )
    )
