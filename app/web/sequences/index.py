"""All sequences, and a new one."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from wtforms import SelectField, StringField

from app.kernel.db import db
from app.kernel.schema import Schema, validate
from app.models.choices import SequenceType, Trade
from app.nurture import queries
from app.nurture.authoring import ending
from app.nurture.authoring.desk import find_sequence
from app.nurture.authoring.schemas import SequenceCopy, SequenceCreate, SequencePatch
from app.nurture.authoring.sequences import copy_sequence, update_sequence
from app.nurture.authoring.texts import step_counts
from app.nurture.enrolled import under_way
from app.web import listing
from app.web.fields import choices
from app.web.formats import words
from app.web.sequences.blueprint import blueprint, writer
from app.web.sequences.ending import left_after
from app.web.sequences.ready_made import offered, own_trade
from app.web.viewer import viewer
from app.web.write_form import WriteForm
from app.workflows.create_sequence import create_sequence
from app.workflows.remove_sequence import remove_sequence


class NewForm(WriteForm):
    sequence_name = StringField("Name", render_kw={"required": True, "maxlength": 255, "autocomplete": "off"})
    sequence_type = SelectField("Type", choices=choices((one, words(one)) for one in SequenceType))


class Which(Schema):
    """Ready-made for what trade."""

    trade: Trade | None = None


def trades() -> list[Trade]:
    """The supplier's own first."""
    own = own_trade()
    return sorted(Trade, key=lambda one: one is not own)


@blueprint.get("")
def index() -> str:
    session = db.session()
    found = queries.overview(session)
    ids = [row.id for row in found.sequences]
    return render_template(
        "sequences/index.html",
        overview=found,
        live=under_way(session, ids),
        steps=step_counts(session, found.sequences),
        offered=offered() if not ids else [],
    )


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> Any:
    """Ready-made ones to take, that of the supplier's trade first; or an empty one."""
    writer()
    form, trade = NewForm(), validate(Which, listing.query()).trade or own_trade()
    if form.write(SequenceCreate, lambda data: create_sequence(viewer().actor, data)):
        flash("Made. It takes nobody in until you publish it.", "success")
        return redirect(url_for("sequences.edit", sequence_id=form.result.sequence_id), 303)
    page = render_template(
        "sequences/new.html", form=form, offered=offered(trade), trade=trade, trades=trades()
    )
    return page, form.status


@blueprint.post("/<uuid:sequence_id>/switch")
def switch(sequence_id: UUID) -> Any:
    """On when it is off, off when it is on."""
    is_on = find_sequence(db.session(), sequence_id).is_active
    update_sequence(viewer().actor, sequence_id, validate(SequencePatch, {"is_active": not is_on}))
    told = (
        "Switched off. Who is under way keeps their place." if is_on else "Switched on. Who waited goes on."
    )
    flash(told, "success")
    return redirect(url_for("sequences.show", sequence_id=sequence_id), 303)


@blueprint.post("/<uuid:sequence_id>/copy")
def copy(sequence_id: UUID) -> Any:
    done = copy_sequence(viewer().actor, sequence_id, SequenceCopy())
    flash("Copied, as a draft.", "success")
    return redirect(url_for("sequences.edit", sequence_id=done.sequence_id), 303)


@blueprint.route("/<uuid:sequence_id>/delete", methods=["GET", "POST"])
def delete(sequence_id: UUID) -> Any:
    row = find_sequence(db.session(), sequence_id)
    writer()
    if request.method == "GET":
        live = ending.under_way(db.session(), row)
        return render_template("sequences/delete.html", sequence=row, under_way=live)
    name, done = row.sequence_name, remove_sequence(viewer().actor, sequence_id)
    kept = f"“{name}” is switched off and kept, as leads have been in it."
    flash(kept if done.archived else f"Deleted “{name}”.", "success")
    if done.left:
        return left_after(sequence_id, done.ended, done.left)
    return redirect(url_for("sequences.index"), 303)
