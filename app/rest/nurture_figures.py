"""What became of a sequence and its leads, and rehearsals of it."""

from uuid import UUID

from flask import Blueprint, Response

from app.kernel import clock
from app.kernel.db import db
from app.kernel.numbered import Numbered, Place
from app.leads import listing
from app.models import nurture as models
from app.nurture import queries, statistics
from app.nurture.authoring.desk import find_sequence
from app.rest.answers import answer
from app.rest.door import guard
from app.rest.nurture_sequences import TAG
from app.rest.operation import operation
from app.rest.shapes import sequence_figures as shapes
from app.rest.shapes.base import PageQuery, pagination
from app.workflows.dry_run import dry_run

blueprint = guard(Blueprint("api_nurture_figures", __name__, url_prefix="/api"))


@blueprint.get("/nurture-sequences/<uuid:sequence_id>/statistics")
@operation("getSequenceStatistics", tag=TAG, answers={200: shapes.SequenceStatisticsResponse})
def figures(sequence_id: UUID) -> Response:
    """Get what became of a sequence's leads and of each of its steps. Rates come with their intervals."""
    session = db.session()
    find_sequence(session, sequence_id)
    return answer(shapes.statistics_of(statistics.figures(session, sequence_id)))


@blueprint.get("/nurture-sequences/<uuid:sequence_id>/enrollments")
@operation("listSequenceEnrollments", tag=TAG, answers={200: shapes.EnrollmentsResponse})
def enrolled(sequence_id: UUID, query: shapes.EnrollmentsQuery) -> Response:
    """List who is or was in a sequence, the newest first."""
    session = db.session()
    find_sequence(session, sequence_id)
    return _page(queries.enrollments_of(session, sequence_id, query.place, query.status), query.place)


@blueprint.get("/leads/<uuid:lead_id>/enrollments")
@operation("listLeadEnrollments", tag=TAG, answers={200: shapes.EnrollmentsResponse})
def of_lead(lead_id: UUID, query: PageQuery) -> Response:
    """List the sequences that a lead is or was in, the newest first."""
    session = db.session()
    listing.lead(session, lead_id)
    return _page(queries.enrollments_of_lead(session, lead_id, query.place), query.place)


@blueprint.get("/nurture-sequences/<uuid:sequence_id>/dry-run")
@operation("rehearseSequence", tag=TAG, answers={200: shapes.DryRunResponse})
def rehearse(sequence_id: UUID, query: shapes.DryRunQuery) -> Response:
    """Rehearse a sequence on a lead. Each step comes with its time, words and why not; nothing is sent."""
    found = dry_run(db.session(), sequence_id, query.lead_id, query.version, clock.now())
    return answer(shapes.rehearsal(found))


def _page(found: Numbered[models.Enrollment], place: Place) -> Response:
    told = [shapes.Enrollment.model_validate(row) for row in found.rows]
    return answer(shapes.EnrollmentsResponse(enrollments=told, pagination=pagination(found.total, place)))
