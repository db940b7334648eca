"""`/api/nurture-sequences`: sequences, ready-made ones, their settings."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from app.accounts.access import current_actor
from app.kernel.actor import Permission
from app.kernel.db import db
from app.nurture import queries
from app.nurture.authoring import sequences
from app.nurture.authoring.schemas import SequenceCopy, SequenceCreate, SequencePatch
from app.nurture.ready_made.catalogue import READY_MADE
from app.nurture.ready_made.taking import take_ready_made
from app.rest.answers import answer
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.sequences_told import as_edited, told
from app.rest.shapes import sequences as shapes
from app.workflows.create_sequence import create_sequence
from app.workflows.end_enrollments import end_enrollments
from app.workflows.remove_sequence import remove_sequence

blueprint = guard(Blueprint("api_nurture_sequences", __name__, url_prefix="/api/nurture-sequences"))
TAG = "Nurture sequences"
WRITES: Any = {"tag": TAG, "permission": Permission.WRITE_SEQUENCES}
WRITTEN: Any = {"answers": {200: shapes.SequenceResponse}, "refuses": (409, 412)}
STEP = {
    "step_name": "Tag as warm",
    "step_type": "tag_assignment",
    "delay_amount": 2,
    "delay_unit": "days",
    "step_content": '{"add": ["warm"]}',
    "execution_conditions": {"min_score": 60},
}
AUTUMN = {
    "sequence_name": "Autumn fair",
    "sequence_type": "nurture",
    "target_lead_status": ["contacted"],
    "target_score_range": [40, None],
    "steps": [STEP],
    "publish": True,
}


@blueprint.get("")
@operation("listNurtureSequences", tag=TAG, answers={200: shapes.NurtureSequencesResponse})
def index() -> Response:
    """List all nurture sequences, by name."""
    found = queries.overview(db.session())
    return answer(
        shapes.NurtureSequencesResponse(
            sequences=[shapes.sequence(row) for row in found.sequences],
            active_enrollments=found.active_enrollments,
            total_sequences=found.total_sequences,
            average_completion_rate=found.average_completion_rate,
        )
    )


@blueprint.post("")
@operation("createNurtureSequence", **WRITES, answers={201: shapes.SequenceResponse}, example=AUTUMN)
def create(body: SequenceCreate) -> Response:
    """Make a nurture sequence. With its steps if it is to have some at once, and published if asked for."""
    return told(create_sequence(current_actor(), body), "Sequence made.", 201)


@blueprint.get("/ready-made")
@operation("listReadyMadeSequences", tag=TAG, answers={200: shapes.ReadyMadeSequencesResponse})
def ready_made() -> Response:
    """List ready-made sequences. There are six for each trade."""
    found = [shapes.ready_made(one) for one in READY_MADE.values()]
    return answer(shapes.ReadyMadeSequencesResponse(sequences=found))


@blueprint.post("/ready-made")
@operation(
    "takeReadyMadeSequence",
    **WRITES,
    answers={201: shapes.SequenceResponse},
    refuses=(404,),
    example={"key": "florist_welcome"},
)
def take(body: shapes.TakeReadyMadeSequence) -> Response:
    """Take a ready-made sequence. Its templates are yours, and its steps a draft to look at and publish."""
    return told(take_ready_made(current_actor(), body.key), "Sequence taken.", 201)


@blueprint.get("/<uuid:sequence_id>")
@operation("getNurtureSequence", tag=TAG, answers={200: shapes.SequenceDetail})
def show(sequence_id: UUID) -> Response:
    """Get one nurture sequence. With its steps: the draft if there is one, else what is published."""
    return answer(shapes.SequenceDetail(**as_edited(db.session(), sequence_id)))


@blueprint.put("/<uuid:sequence_id>")
@operation("updateNurtureSequence", **WRITES, **WRITTEN, example={"priority_level": 5, "is_active": True})
def update(sequence_id: UUID, body: SequencePatch, query: shapes.RevisionQuery) -> Response:
    """Change a nurture sequence's settings. They hold at once; what is absent stays, null clears."""
    done = sequences.update_sequence(current_actor(), sequence_id, body, query.revision)
    return told(done, "Sequence changed.")


@blueprint.delete("/<uuid:sequence_id>")
@operation("deleteNurtureSequence", **WRITES, answers={200: shapes.SequenceDeleteResponse}, refuses=(412,))
def delete(sequence_id: UUID, query: shapes.RevisionQuery) -> Response:
    """Delete a nurture sequence. One that leads have been in is switched off and kept, and all leave it."""
    done = remove_sequence(current_actor(), sequence_id, query.revision)
    message = "Sequence switched off, as leads have been in it." if done.archived else "Sequence deleted."
    told = shapes.SequenceDeleteResponse(
        sequence_id=sequence_id, archived=done.archived, ended=done.ended, left=done.left, message=message
    )
    return answer(told)


@blueprint.post("/<uuid:sequence_id>/end")
@operation(
    "endEnrollments",
    **WRITES,
    answers={200: shapes.EndResponse, 202: shapes.EndResponse},
    refuses=(409,),
)
def end(sequence_id: UUID) -> Response:
    """Take everybody out of a nurture sequence that is off. Many leave in the background (202)."""
    done = end_enrollments(current_actor(), sequence_id)
    message = "Leads are leaving." if done.left else "Leads left."
    told = shapes.EndResponse(sequence_id=sequence_id, ended=done.ended, left=done.left, message=message)
    return answer(told, 202 if done.left else 200)


@blueprint.post("/<uuid:sequence_id>/copy")
@operation(
    "copyNurtureSequence",
    **WRITES,
    answers={201: shapes.SequenceResponse},
    example={"sequence_name": "Winter fair"},
)
def copy(sequence_id: UUID, body: SequenceCopy) -> Response:
    """Copy a nurture sequence. With its settings and its steps, as a draft."""
    return told(sequences.copy_sequence(current_actor(), sequence_id, body), "Sequence copied.", 201)
