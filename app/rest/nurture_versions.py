"""`/api/nurture-sequences/<id>/versions`, `/differences` and `/moves`."""

from uuid import UUID

from flask import Blueprint, Response

from app.accounts.access import current_actor
from app.kernel.db import db
from app.nurture.authoring import moving, versions
from app.nurture.authoring.desk import find_sequence
from app.rest.answers import answer
from app.rest.door import guard
from app.rest.nurture_sequences import TAG, WRITES
from app.rest.operation import operation
from app.rest.shapes import sequences as shapes
from app.workflows.move_enrollments import move_enrollments

blueprint = guard(
    Blueprint("api_nurture_versions", __name__, url_prefix="/api/nurture-sequences/<uuid:sequence_id>")
)


@blueprint.get("/versions")
@operation("listSequenceVersions", tag=TAG, answers={200: shapes.SequenceVersionsResponse})
def index(sequence_id: UUID, query: shapes.VersionsQuery) -> Response:
    """List a sequence's versions, the newest first."""
    found = versions.listed(db.session(), sequence_id, query.limit, query.before)
    told = [shapes.SequenceVersion.model_validate(one) for one in found]
    return answer(shapes.SequenceVersionsResponse(versions=told))


@blueprint.get("/differences")
@operation("compareSequenceVersions", tag=TAG, answers={200: shapes.SequenceDifferencesResponse})
def compare(sequence_id: UUID, query: shapes.DifferencesQuery) -> Response:
    """Compare two versions of a sequence. What differs is told in words."""
    found = versions.compare(db.session(), sequence_id, query.before, query.after)
    told = [shapes.StepDifference.model_validate(one) for one in found]
    return answer(shapes.SequenceDifferencesResponse(differences=told))


@blueprint.get("/moves")
@operation("previewMoves", tag=TAG, answers={200: shapes.MovesResponse})
def preview(sequence_id: UUID) -> Response:
    """Preview moving leads to the newest version. Nothing is written."""
    session = db.session()
    row = find_sequence(session, sequence_id)
    found = [shapes.group(one) for one in moving.groups(session, row)]
    return answer(shapes.MovesResponse(version=row.published_version, groups=found))


@blueprint.post("/moves")
@operation(
    "moveEnrollments",
    **WRITES,
    answers={200: shapes.MoveResponse, 202: shapes.MoveResponse},
    refuses=(409, 412),
    example={"version": 2},
)
def move(sequence_id: UUID, body: shapes.MoveRequest) -> Response:
    """Move leads to the newest version. Many are moved in the background (202)."""
    done = move_enrollments(current_actor(), sequence_id, body.version)
    told = shapes.MoveResponse(
        version=done.version,
        moved=done.moved,
        left=done.left,
        staying=done.staying,
        message="Leads are being moved." if done.left else "Leads moved.",
    )
    return answer(told, 202 if done.left else 200)
