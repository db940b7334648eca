"""Leads that are under way in older versions: where they would go, and how far a move is."""

from typing import Annotated, Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from pydantic import Field

from app.kernel.db import db
from app.kernel.errors import Conflict
from app.kernel.schema import Schema, validate
from app.nurture.authoring.desk import find_sequence
from app.nurture.authoring.moving import Group, groups
from app.web import listing
from app.web.htmx import is_fragment
from app.web.sequences.blueprint import blueprint, writer
from app.web.viewer import viewer
from app.workflows.move_enrollments import move_enrollments

MOST = 100_000_000


class Move(Schema):
    """To the version of the preview."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1)]


class Progress(Schema):
    """Of how many that are being moved."""

    of: Annotated[int, Field(ge=1, le=MOST)] | None = None


@blueprint.get("/<uuid:sequence_id>/moves")
def moves(sequence_id: UUID) -> str:
    """Also how far a move is, for a page that polls."""
    session, of = db.session(), validate(Progress, listing.query()).of
    row = find_sequence(session, sequence_id)
    found = groups(session, row)
    page = "sequences/_moving.html" if is_fragment() else "sequences/moves.html"
    return render_template(page, sequence=row, groups=found, of=of, left=left(found))


@blueprint.post("/<uuid:sequence_id>/moves")
def move(sequence_id: UUID) -> Any:
    find_sequence(db.session(), sequence_id)
    writer()
    version = validate(Move, {"version": request.form.get("version")}).version
    try:
        done = move_enrollments(viewer().actor, sequence_id, version)
    except Conflict as refused:
        flash(refused.message, "danger")
        return redirect(url_for("sequences.moves", sequence_id=sequence_id), 303)
    return after(sequence_id, done.moved, done.left)


def left(found: list[Group]) -> int:
    """How many could still be moved."""
    return sum(group.moves for group in found)


def after(sequence_id: UUID, moved: int, waiting: int) -> Any:
    """To the progress while there is some to see, else to the sequence."""
    if waiting:
        return redirect(url_for("sequences.moves", sequence_id=sequence_id, of=moved + waiting), 303)
    flash(f"{moved:,} {'lead' if moved == 1 else 'leads'} moved to the newest version.", "success")
    return redirect(url_for("sequences.show", sequence_id=sequence_id), 303)
