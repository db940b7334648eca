"""Who is or was in a sequence."""

from typing import Annotated
from uuid import UUID

from flask import render_template
from pydantic import Field

from app.kernel.db import db
from app.kernel.numbered import Place
from app.kernel.schema import Schema, validate
from app.models.choices import EnrollmentStatus
from app.nurture import statistics
from app.nurture.authoring.desk import find_sequence
from app.nurture.enrolled import Which, entered
from app.web import listing
from app.web.listing import Address
from app.web.sequences.blueprint import blueprint

SHOWN = 25


class Filters(Schema):
    status: EnrollmentStatus | None = None
    reason: Annotated[str, Field(max_length=100)] | None = None
    step: UUID | None = None
    page: Annotated[int, Field(ge=1, le=4000)] = 1

    @property
    def which(self) -> Which:
        return Which(self.status, self.reason, self.step)


@blueprint.get("/<uuid:sequence_id>/leads")
def leads(sequence_id: UUID) -> str:
    session, asked = db.session(), validate(Filters, listing.query())
    row = find_sequence(session, sequence_id)
    rows, total = entered(session, sequence_id, asked.which, Place(asked.page, SHOWN))
    return render_template(
        "sequences/leads.html",
        sequence=row,
        rows=rows,
        total=total,
        asked=asked,
        pages=-(-total // SHOWN),
        figures=statistics.figures(session, sequence_id),
        address=_address(sequence_id, asked),
        statuses=list(EnrollmentStatus),
    )


def _address(sequence_id: UUID, asked: Filters) -> Address:
    """Of the list with other filters, from its first page on."""
    said = asked.model_dump(mode="json", exclude_none=True, exclude={"page"})
    return Address("sequences.leads", {"sequence_id": sequence_id} | said)
