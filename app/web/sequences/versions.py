"""Versions of a sequence: what each changed, what it says, and two of them compared."""

from typing import Annotated
from uuid import UUID

from flask import render_template
from pydantic import Field

from app.kernel.db import db
from app.kernel.errors import NotFound
from app.kernel.schema import Schema, validate
from app.nurture.authoring import versions
from app.nurture.authoring.desk import find_sequence
from app.nurture.authoring.differences import Difference
from app.web import listing
from app.web.sequences.blueprint import blueprint
from app.web.sequences.differences import told
from app.web.sequences.timeline import timeline

SHOWN = 25
HIGHEST = 2**31 - 1
Number = Annotated[int, Field(ge=0, le=HIGHEST)]


class Below(Schema):
    """The versions with a lower number than this."""

    below: Annotated[int, Field(ge=1, le=HIGHEST)] | None = None


class Pair(Schema):
    """Two versions; 0 is the draft."""

    first: Number
    second: Number


@blueprint.get("/<uuid:sequence_id>/versions")
def version_list(sequence_id: UUID) -> str:
    session, below = db.session(), validate(Below, listing.query()).below
    found = versions.listed(session, sequence_id, SHOWN + 1, below)
    return render_template(
        "sequences/versions.html",
        sequence=find_sequence(session, sequence_id),
        rows=found[:SHOWN],
        next=found[SHOWN - 1].version if len(found) > SHOWN else None,
        is_first=below is None,
    )


@blueprint.get("/<uuid:sequence_id>/versions/<int:number>")
def version(sequence_id: UUID, number: int) -> str:
    session = db.session()
    if not 0 < number <= HIGHEST:
        raise NotFound("version of this sequence")
    steps = versions.steps_in(session, sequence_id, number)
    listed = versions.listed(session, sequence_id, 1, number + 1 if number < HIGHEST else None)
    return render_template(
        "sequences/version.html",
        sequence=find_sequence(session, sequence_id),
        number=number,
        told=listed[0] if listed and listed[0].version == number else None,
        timeline=timeline(steps),
        since_before=between(sequence_id, number - 1, number) if number > 1 else None,
    )


@blueprint.get("/<uuid:sequence_id>/compare")
def compare(sequence_id: UUID) -> str:
    """What is otherwise in the later one."""
    session = db.session()
    row, pair = find_sequence(session, sequence_id), validate(Pair, listing.query())
    return render_template(
        "sequences/compare.html",
        sequence=row,
        pair=pair,
        found=between(sequence_id, pair.first, pair.second),
        rows=versions.listed(session, sequence_id),
    )


def between(sequence_id: UUID, first: int, second: int) -> list[Difference]:
    """What is otherwise in the second, in sentences; 0 is the draft. NotFound."""
    session = db.session()
    found = versions.compare(session, sequence_id, first, second)
    pair = (timeline(versions.steps_in(session, sequence_id, number)) for number in (first, second))
    return told(found, *pair)
