"""Adding and changing a step of the draft, with a preview in words."""

from typing import Annotated, Any, NamedTuple
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from pydantic import Field
from uuid_utils.compat import uuid7

from app.kernel.db import db
from app.kernel.schema import Schema, validate
from app.models.choices import StepType
from app.models.nurture import DRAFT, SequenceStep
from app.nurture.authoring import drafts
from app.nurture.authoring.desk import find_sequence
from app.nurture.authoring.drafts import find_step
from app.nurture.authoring.rows import COLUMNS, Written
from app.nurture.authoring.schemas import MOST_STEPS, StepPatch, StepWrite
from app.nurture.authoring.versions import steps_in
from app.web import listing
from app.web.htmx import is_fragment
from app.web.score_values import source_names
from app.web.sequences.blueprint import blueprint, writer
from app.web.sequences.step_form import StepForm
from app.web.sequences.step_types import FORMS
from app.web.sequences.timeline import Entry, timeline
from app.web.viewer import viewer


class New(Schema):
    """Of what type, and at what place."""

    step_type: StepType | None = None
    step_order: Annotated[int, Field(ge=1, le=MOST_STEPS)] | None = None


class Chosen(Schema):
    """Templates that were just written for the step."""

    email_template_id: UUID | None = None
    sms_template_id: UUID | None = None
    task_template_id: UUID | None = None
    variant_B: UUID | None = None
    variant_C: UUID | None = None
    variant_D: UUID | None = None
    variant_E: UUID | None = None


class Tried(NamedTuple):
    """The step in words; None while it is wrong."""

    entry: Entry | None


@blueprint.route("/<uuid:sequence_id>/steps/new", methods=["GET", "POST"])
def new_step(sequence_id: UUID) -> Any:
    """The type first, then the form of that type."""
    row = find_sequence(db.session(), sequence_id)
    writer()
    asked = validate(New, {name: request.values.get(name, "") for name in New.model_fields})
    if asked.step_type is None:
        return render_template("sequences/choose_type.html", sequence=row, at=asked.step_order)
    steps = steps_in(db.session(), sequence_id, DRAFT)
    form = FORMS[asked.step_type](data=asked.model_dump() | {"revision": row.revision})
    form.place(_named(steps))
    return _answer(sequence_id, form, None, steps)


@blueprint.route("/<uuid:sequence_id>/steps/<uuid:step_id>", methods=["GET", "POST"])
def edit_step(sequence_id: UUID, step_id: UUID) -> Any:
    row = find_sequence(db.session(), sequence_id)
    steps = steps_in(db.session(), sequence_id, DRAFT)
    step = find_step(steps, step_id)
    writer()
    chosen = validate(Chosen, listing.query(ignored=("preview",))).model_dump(mode="json", exclude_none=True)
    form = FORMS[step.row.step_type].of(step, row.revision, chosen)
    form.lead(_named([one for one in steps if one.row.step_order > step.row.step_order]))
    return _answer(sequence_id, form, step, steps)


def _answer(sequence_id: UUID, form: StepForm, step: Written | None, steps: list[Written]) -> Any:
    if request.method == "POST" and "more" in request.form:
        form.widen(request.form["more"])
    elif request.method == "POST" and "preview" in request.values:
        return _trial(sequence_id, form, step, steps)
    elif form.write(StepWrite, lambda data: _save(sequence_id, form, data, step)):
        flash("Saved in the draft." if step else "Added to the draft.", "success")
        return redirect(_after(sequence_id, form), 303)
    return _page(sequence_id, form, step), form.status


def _after(sequence_id: UUID, form: StepForm) -> str:
    """To the template that was asked for, else to the step in the draft."""
    key = form.result.step_key
    wanted = next((text for text in form.texts if text.field == request.form.get("open")), None)
    if wanted is None:
        return url_for("sequences.edit", sequence_id=sequence_id, _anchor=f"step-{key}")
    about = {"sort": wanted.sort, "sequence_id": sequence_id, "step_id": key, "field": wanted.field}
    if wanted.template_id:
        return url_for("templates.edit", template_id=wanted.template_id, **about)
    return url_for("templates.new", **about)


def _save(sequence_id: UUID, form: StepForm, data: StepWrite, step: Written | None) -> Any:
    actor = viewer().actor
    if step is None:
        return drafts.add_step(actor, sequence_id, data, form.seen)
    changes = {name: getattr(data, name) for name in form.values() if name in StepPatch.model_fields}
    return drafts.change_step(actor, sequence_id, step.row.step_key, StepPatch(**changes), form.seen)


def _trial(sequence_id: UUID, form: StepForm, step: Written | None, steps: list[Written]) -> Any:
    data = form.read(StepWrite)
    entry = _entry(data, step, steps) if data else None
    if is_fragment():
        return render_template("sequences/_preview.html", form=form, entry=entry, asked=True)
    return _page(sequence_id, form, step, Tried(entry)), form.status


def _entry(data: StepWrite, step: Written | None, steps: list[Written]) -> Entry:
    """The step in its place, as it would be."""
    row = SequenceStep(step_key=uuid7(), **{name: getattr(data, name) for name in COLUMNS})
    row.step_order = step.row.step_order if step else min(data.step_order or MOST_STEPS, len(steps) + 1)
    wanted = Written(row, {one.label: one.email_template_id for one in data.variants})
    at = row.step_order - 1
    others = [*steps[:at], wanted, *steps[at + (step is not None) :]]
    return timeline(others).entries[at]


def _page(sequence_id: UUID, form: StepForm, step: Written | None, tried: Tried | None = None) -> str:
    return render_template(
        "sequences/step.html",
        sequence=find_sequence(db.session(), sequence_id),
        form=form,
        step=step.row if step else None,
        entry=tried.entry if tried else None,
        asked=tried is not None,
        sources=sorted(set(source_names().values())),
    )


def _named(steps: list[Written]) -> list[tuple[int, str]]:
    return [(step.row.step_order, step.row.step_name) for step in steps]
