"""The draft as a timeline, and the acts on its steps."""

from typing import Any, Literal
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from app.kernel.db import db
from app.kernel.errors import Conflict, InvalidInput
from app.kernel.schema import Schema, validate
from app.models.nurture import DRAFT
from app.nurture.authoring import drafts
from app.nurture.authoring.desk import find_sequence
from app.nurture.authoring.drafts import find_step
from app.nurture.authoring.rows import Written
from app.nurture.authoring.schemas import MOST_STEPS, StepOrder
from app.nurture.authoring.versions import steps_in
from app.web import condition_words
from app.web.htmx import is_fragment
from app.web.score_values import source_names
from app.web.sequences.blueprint import blueprint, writer
from app.web.sequences.timeline import Beside, timeline
from app.web.viewer import viewer
from app.workflows.check_sequence import check_sequence

BY = {"up": -1, "down": 1}


class Move(Schema):
    to: Literal["up", "down"]


@blueprint.get("/<uuid:sequence_id>/edit")
def edit(sequence_id: UUID) -> str:
    find_sequence(db.session(), sequence_id)
    writer()
    return render_template("sequences/edit.html", **_shown(sequence_id))


@blueprint.post("/<uuid:sequence_id>/steps/<uuid:step_id>/move")
def move_step(sequence_id: UUID, step_id: UUID) -> Any:
    """One place up or down; the first stays the first."""
    steps = steps_in(db.session(), sequence_id, DRAFT)
    if is_fragment() and all(step.row.step_key != step_id for step in steps):
        return _as_it_is(sequence_id)
    find_step(steps, step_id)
    writer()
    by = BY[validate(Move, {"to": request.form.get("to")}).to]
    wanted = StepOrder(step_keys=_moved(steps, step_id, by))
    drafts.order_steps(viewer().actor, sequence_id, wanted)
    return _after(sequence_id, step_id)


@blueprint.post("/<uuid:sequence_id>/steps/order")
def order(sequence_id: UUID) -> Any:
    """All of them as they were dragged."""
    find_sequence(db.session(), sequence_id)
    writer()
    wanted = validate(StepOrder, {"step_keys": request.form.getlist("step_keys")})
    try:
        drafts.order_steps(viewer().actor, sequence_id, wanted)
    except InvalidInput:
        if is_fragment():
            return _as_it_is(sequence_id)
        raise
    return _after(sequence_id, wanted.step_keys[0])


@blueprint.route("/<uuid:sequence_id>/steps/<uuid:step_id>/remove", methods=["GET", "POST"])
def remove_step(sequence_id: UUID, step_id: UUID) -> Any:
    row = find_sequence(db.session(), sequence_id)
    step = find_step(steps_in(db.session(), sequence_id, DRAFT), step_id).row
    writer()
    if request.method == "GET":
        return render_template("sequences/remove_step.html", sequence=row, step=step)
    name = step.step_name
    try:
        drafts.remove_step(viewer().actor, sequence_id, step_id)
        flash(f"Removed “{name}” from the draft.", "success")
    except Conflict as refused:
        flash(refused.message, "error")
    return redirect(url_for("sequences.edit", sequence_id=sequence_id), 303)


@blueprint.post("/<uuid:sequence_id>/discard")
def discard(sequence_id: UUID) -> Any:
    find_sequence(db.session(), sequence_id)
    done = drafts.discard_draft(viewer().actor, sequence_id)
    flash("Draft discarded." if done.changed else "There was no draft.", "success")
    return redirect(url_for("sequences.show", sequence_id=sequence_id), 303)


def _shown(sequence_id: UUID) -> dict[str, Any]:
    session = db.session()
    row, found = find_sequence(session, sequence_id), check_sequence(session, sequence_id)
    steps = steps_in(session, sequence_id, DRAFT)
    return {
        "sequence": row,
        "timeline": timeline(steps, Beside(problems=found)),
        "problems": found,
        "stops": any(not one.is_warning for one in found),
        "whom": condition_words.targets(row, source_names()),
        "has_room": len(steps) < MOST_STEPS,
    }


def _moved(steps: list[Written], step_id: UUID, by: int) -> list[UUID]:
    """The keys of all, with that one a place further on."""
    keys = [step.row.step_key for step in steps]
    at = keys.index(step_id)
    keys.insert(max(0, at + by), keys.pop(at))
    return keys


def _as_it_is(sequence_id: UUID) -> str:
    """The draft, for a page on which it stands as it was before somebody changed it."""
    writer()
    return render_template("sequences/_draft.html", **_shown(sequence_id), is_other=True)


def _after(sequence_id: UUID, step_id: UUID) -> Any:
    if is_fragment():
        return render_template("sequences/_draft.html", **_shown(sequence_id))
    return redirect(url_for("sequences.edit", sequence_id=sequence_id, _anchor=f"step-{step_id}"), 303)
