"""One sequence: what it does, to whom, and what became of them."""

from uuid import UUID

from flask import render_template

from app.kernel import clock
from app.kernel.db import db
from app.nurture import candidates, statistics
from app.nurture.authoring.desk import find_sequence
from app.nurture.authoring.moving import groups
from app.nurture.authoring.versions import steps_in
from app.web import condition_words
from app.web.score_values import source_names
from app.web.sequences.blueprint import blueprint
from app.web.sequences.timeline import Beside, timeline


@blueprint.get("/<uuid:sequence_id>")
def show(sequence_id: UUID) -> str:
    """What is published; of a sequence that never was, its draft."""
    session = db.session()
    row = find_sequence(session, sequence_id)
    figures = statistics.figures(session, sequence_id)
    beside = Beside({one.step_key: one for one in figures.steps})
    return render_template(
        "sequences/show.html",
        sequence=row,
        timeline=timeline(steps_in(session, sequence_id, row.published_version), beside),
        figures=figures,
        whom=condition_words.targets(row, source_names()),
        fitting=candidates.count(session, row, clock.now()) if row.published_version else None,
        older=sum(one.count for one in groups(session, row)),
    )
