"""`/api/enrollments/<id>`, `/api/messages/<id>/decision` and what is to come and was decided for a lead."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from app.accounts.access import current_actor
from app.kernel import clock
from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.keyset import Cut
from app.leads import listing
from app.messaging.queries import message
from app.nurture import courses
from app.nurture.courses import find_enrollment
from app.nurture.retiming import preview
from app.rest.answers import answer
from app.rest.door import guard
from app.rest.examples import SAMPLE_ID
from app.rest.nurture_sequences import TAG
from app.rest.operation import operation
from app.rest.shapes import enrollments as shapes
from app.rest.shapes.sequence_figures import Enrollment
from app.workflows.decide_message import decide_message
from app.workflows.end_enrollment import end_enrollment
from app.workflows.lead_courses import lead_courses
from app.workflows.pause_enrollment import pause_enrollment
from app.workflows.resume_enrollment import resume_enrollment
from app.workflows.send_step_now import send_step_now
from app.workflows.skip_step import skip_step

blueprint = guard(Blueprint("api_enrollments", __name__, url_prefix="/api"))
WRITES: Any = {"tag": TAG, "permission": Permission.WRITE_LEADS}
ANSWERS: Any = {200: shapes.EnrollmentResponse}


@blueprint.get("/leads/<uuid:lead_id>/courses")
@operation("listLeadCourses", tag=TAG, answers={200: shapes.CoursesResponse})
def to_come(lead_id: UUID) -> Response:
    """List what a lead's sequences will do and when. Why a step would be left out comes with it."""
    session = db.session()
    found = lead_courses(session, listing.lead(session, lead_id), clock.now())
    return answer(shapes.CoursesResponse(courses=[shapes.course(one) for one in found]))


@blueprint.get("/leads/<uuid:lead_id>/wedding-moves")
@operation("previewWeddingMoves", tag=TAG, answers={200: shapes.WeddingMovesResponse})
def moves(lead_id: UUID, query: shapes.WeddingQuery) -> Response:
    """Preview which steps another wedding date would move. Nothing is written."""
    session = db.session()
    found = preview(session, listing.lead(session, lead_id), query.wedding_date, clock.now())
    return answer(shapes.WeddingMovesResponse(moves=[shapes.StepMove.model_validate(one) for one in found]))


@blueprint.get("/leads/<uuid:lead_id>/decisions")
@operation("listLeadDecisions", tag=TAG, answers={200: shapes.DecisionsResponse})
def decided(lead_id: UUID, query: shapes.DecisionsQuery) -> Response:
    """List what was decided for each step of a lead and why, the newest first."""
    session = db.session()
    listing.lead(session, lead_id)
    page = courses.decisions(session, lead_id, Cut(query.limit, query.after, None))
    told = [shapes.decision(*row) for row in page.rows]
    return answer(shapes.DecisionsResponse(decisions=told, next=page.next))


@blueprint.post("/enrollments/<uuid:enrollment_id>/pause")
@operation("pauseEnrollment", **WRITES, answers=ANSWERS)
def pause(enrollment_id: UUID) -> Response:
    """Hold a lead's place in a sequence. Nothing of it happens until it is resumed."""
    return _done(enrollment_id, lambda: pause_enrollment(current_actor(), enrollment_id), "paused")


@blueprint.post("/enrollments/<uuid:enrollment_id>/resume")
@operation("resumeEnrollment", **WRITES, answers=ANSWERS)
def resume(enrollment_id: UUID) -> Response:
    """Let a lead go on in a sequence. What fell due comes in the next moment of its window."""
    return _done(enrollment_id, lambda: resume_enrollment(current_actor(), enrollment_id), "resumed")


@blueprint.post("/enrollments/<uuid:enrollment_id>/end")
@operation("endEnrollment", **WRITES, answers=ANSWERS)
def end(enrollment_id: UUID) -> Response:
    """Take a lead out of a sequence. What waits is not sent."""
    return _done(enrollment_id, lambda: end_enrollment(current_actor(), enrollment_id), "ended")


@blueprint.post("/enrollments/<uuid:enrollment_id>/skip")
@operation("skipStep", **WRITES, answers=ANSWERS, example={"step_id": SAMPLE_ID})
def skip(enrollment_id: UUID, body: shapes.AtStep) -> Response:
    """Leave out the step that a lead is at. A message of it that has not left is not sent."""
    return _done(enrollment_id, lambda: skip_step(current_actor(), enrollment_id, body.step_id), "moved on")


@blueprint.post("/enrollments/<uuid:enrollment_id>/send-now")
@operation("sendStepNow", **WRITES, answers=ANSWERS, example={"step_id": SAMPLE_ID})
def send_now(enrollment_id: UUID, body: shapes.AtStep) -> Response:
    """Take the step that a lead is at now, whatever the hour. No opt-out is passed over."""
    return _done(enrollment_id, lambda: send_step_now(current_actor(), enrollment_id, body.step_id), "sent")


@blueprint.post("/messages/<uuid:message_id>/decision")
@operation("decideMessage", **WRITES, answers={200: shapes.DecidedResponse}, example={"decision": "approve"})
def decide(message_id: UUID, body: shapes.DecisionRequest) -> Response:
    """Say yes or no to a message that waits for it. It leaves when the hour allows, or never."""
    decide_message(current_actor(), message_id, body.decision)
    found = message(db.session(), message_id).message
    return answer(shapes.DecidedResponse(message_id=message_id, state=found.state, message="Decided."))


def _done(enrollment_id: UUID, act: Callable[[], object], said: str) -> Response:
    act()
    found = find_enrollment(db.session(), enrollment_id)
    return answer(
        shapes.EnrollmentResponse(enrollment=Enrollment.model_validate(found), message=f"Enrollment {said}.")
    )
