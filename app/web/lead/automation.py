"""What a lead's sequences will do and did, and a person's hand in it: pause, resume, skip, send now, end."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask import flash, render_template, request, url_for

from app.kernel import clock
from app.kernel.actor import Actor, Permission
from app.kernel.db import db
from app.kernel.errors import Conflict
from app.kernel.schema import Schema, validate
from app.leads import record
from app.messaging.queries import message
from app.models.leads import Lead
from app.nurture.courses import Course, decisions, find_enrollment
from app.web import listing
from app.web.back import back
from app.web.leads import blueprint
from app.web.viewer import viewer
from app.workflows.decide_message import Decision, decide_message
from app.workflows.end_enrollment import end_enrollment
from app.workflows.lead_courses import lead_courses
from app.workflows.pause_enrollment import pause_enrollment
from app.workflows.resume_enrollment import resume_enrollment
from app.workflows.send_step_now import send_step_now
from app.workflows.skip_step import skip_step

DECISIONS = 50


class Act(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


class StepAct(StrEnum):
    SKIP = "skip"
    SEND = "send"


ACTS: dict[Act, tuple[Callable[[Actor, UUID], UUID], str]] = {
    Act.PAUSE: (pause_enrollment, "Paused. The lead keeps its place."),
    Act.RESUME: (resume_enrollment, "It goes on."),
    Act.END: (end_enrollment, "The lead has left the sequence."),
}
STEP_ACTS: dict[StepAct, tuple[Callable[[Actor, UUID, UUID], UUID], str]] = {
    StepAct.SKIP: (skip_step, "Skipped. The next step comes in its time."),
    StepAct.SEND: (send_step_now, "Taken now."),
}
DECIDED = {
    Decision.APPROVE: "It leaves as soon as the hour and the limits allow it.",
    Decision.REJECT: "It is not sent; the sequence goes on.",
}


class Acting(Schema):
    act: Act


class StepActing(Schema):
    act: StepAct


class Deciding(Schema):
    decision: Decision


def of(lead: Lead) -> list[Course]:
    """What the lead's page shows of its sequences."""
    return lead_courses(db.session(), lead, clock.now())


@blueprint.get("/<uuid:lead_id>/sequences")
def sequences(lead_id: UUID) -> str:
    """The whole calendar of the lead's sequences, and the record of every decision."""
    session, place = db.session(), listing.place()
    lead = record.lead(session, lead_id)
    return render_template(
        "lead/sequences.html",
        lead=lead,
        courses=of(lead),
        page=decisions(session, lead_id, place.cut(DECISIONS)),
        place=place,
        address=listing.Address("leads.sequences", {"lead_id": lead_id}, place.limit),
    )


@blueprint.post("/sequences/<uuid:enrollment_id>")
def act_on_enrollment(enrollment_id: UUID) -> Any:
    _enrollment(enrollment_id)
    work, said = ACTS[validate(Acting, {"act": request.form.get("act")}).act]
    return _done(lambda: work(viewer().actor, enrollment_id), said)


@blueprint.post("/sequences/<uuid:enrollment_id>/steps/<uuid:step_id>")
def act_on_step(enrollment_id: UUID, step_id: UUID) -> Any:
    _enrollment(enrollment_id)
    work, said = STEP_ACTS[validate(StepActing, {"act": request.form.get("act")}).act]
    return _done(lambda: work(viewer().actor, enrollment_id, step_id), said)


@blueprint.post("/messages/<uuid:message_id>/decision")
def decide(message_id: UUID) -> Any:
    viewer().actor.require(Permission.WRITE_LEADS)
    message(db.session(), message_id)
    decision = validate(Deciding, {"decision": request.form.get("decision")}).decision
    return _done(lambda: decide_message(viewer().actor, message_id, decision), DECIDED[decision])


def _enrollment(enrollment_id: UUID) -> None:
    """NotPermitted, NotFound; comes before the form is read."""
    viewer().actor.require(Permission.WRITE_LEADS)
    find_enrollment(db.session(), enrollment_id)


def _done(work: Callable[[], UUID], said: str) -> Any:
    """Back to where the button was, with what was done or why it could not be."""
    try:
        lead_id = work()
    except Conflict as refused:
        flash(refused.message, "danger")
        return back(url_for("leads.index"))
    flash(said, "success")
    return back(url_for("leads.sequences", lead_id=lead_id))
