"""A sequence tried out on a lead: its whole calendar, with every word, and nothing is sent."""

from typing import Annotated
from uuid import UUID

from flask import render_template
from pydantic import Field

from app.kernel import clock
from app.kernel.db import db
from app.kernel.schema import Schema, validate
from app.leads import record, search
from app.leads.search import Suggestion
from app.nurture.authoring.desk import find_sequence
from app.web import listing
from app.web.sequences.blueprint import blueprint
from app.workflows.dry_run import dry_run


class Asked(Schema):
    """A lead by words or by its id, and a version; 0 is the draft."""

    lead: Annotated[str, Field(max_length=100)] | None = None
    lead_id: UUID | None = None
    version: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None


@blueprint.get("/<uuid:sequence_id>/try")
def trial(sequence_id: UUID) -> str:
    session, asked = db.session(), validate(Asked, listing.query())
    row = find_sequence(session, sequence_id)
    found = _found(asked)
    chosen = asked.lead_id or (found[0].id if len(found) == 1 else None)
    run = dry_run(session, sequence_id, chosen, asked.version, clock.now()) if chosen else None
    return render_template(
        "sequences/try.html",
        sequence=row,
        asked=asked,
        found=found,
        lead=record.lead(session, chosen) if chosen else None,
        run=run,
    )


def _found(asked: Asked) -> list[Suggestion]:
    """Leads that the words may mean, unless one is chosen."""
    return search.suggest(db.session(), asked.lead) if asked.lead and not asked.lead_id else []
