"""Everybody leaves a sequence that is off: how many there are, and how far it is."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for

from app.kernel.db import db
from app.kernel.schema import validate
from app.nurture.authoring import ending
from app.nurture.authoring.desk import find_sequence
from app.web import listing
from app.web.htmx import is_fragment
from app.web.sequences.blueprint import blueprint, writer
from app.web.sequences.moving import Progress
from app.web.viewer import viewer
from app.workflows.end_enrollments import end_enrollments


@blueprint.get("/<uuid:sequence_id>/end")
def ending_of(sequence_id: UUID) -> str:
    """How many would leave; also how far it is, for a page that polls."""
    session = db.session()
    row = find_sequence(session, sequence_id)
    writer()
    of = validate(Progress, listing.query()).of
    page = "sequences/_ending.html" if is_fragment() else "sequences/end.html"
    return render_template(page, sequence=row, of=of, left=ending.under_way(session, row))


@blueprint.post("/<uuid:sequence_id>/end")
def end(sequence_id: UUID) -> Any:
    find_sequence(db.session(), sequence_id)
    writer()
    done = end_enrollments(viewer().actor, sequence_id)
    if done.left:
        return left_after(sequence_id, done.ended, done.left)
    flash(f"{done.ended:,} {'lead' if done.ended == 1 else 'leads'} left the sequence.", "success")
    return redirect(url_for("sequences.show", sequence_id=sequence_id), 303)


def left_after(sequence_id: UUID, ended: int, left: int) -> Any:
    """To the progress."""
    return redirect(url_for("sequences.ending_of", sequence_id=sequence_id, of=ended + left), 303)
