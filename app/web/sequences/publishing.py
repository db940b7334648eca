"""Publishing a draft: what changes, what is wrong, and what becomes of leads that are under way."""

from typing import Any, Literal
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from wtforms import HiddenField, RadioField

from app.kernel.db import db
from app.kernel.schema import Schema
from app.models.nurture import DRAFT, NurtureSequence
from app.nurture.authoring import versions
from app.nurture.authoring.desk import find_sequence
from app.nurture.authoring.moving import groups
from app.nurture.authoring.schemas import Revision
from app.web.fields import choices
from app.web.sequences.blueprint import blueprint, writer
from app.web.sequences.moving import after
from app.web.sequences.versions import between
from app.web.viewer import viewer
from app.web.write_form import WriteForm
from app.workflows.check_sequence import check_sequence
from app.workflows.publish_and_move import PublishedAndMoved, publish_and_move
from app.workflows.publish_sequence import publish_sequence

WAYS = (
    ("stay", "They finish the version they are in"),
    ("move", "They go on in the new version, as below"),
)


class Publishing(Schema):
    """`revision`: of the draft that was looked at."""

    revision: Revision | None = None
    under_way: Literal["stay", "move"] = "stay"


class PublishForm(WriteForm):
    revision = HiddenField()
    under_way = RadioField("Leads that are under way", choices=choices(WAYS), default="stay")


@blueprint.route("/<uuid:sequence_id>/publish", methods=["GET", "POST"])
def publish(sequence_id: UUID) -> Any:
    row = find_sequence(db.session(), sequence_id)
    writer()
    form = PublishForm(data={"revision": row.revision})
    if form.write(Publishing, lambda data: _publish(sequence_id, data)):
        return _published(sequence_id, form.result)
    row = find_sequence(db.session(), sequence_id)
    return render_template("sequences/publish.html", form=form, **_shown(row)), form.status


def _publish(sequence_id: UUID, data: Publishing) -> PublishedAndMoved:
    if data.under_way == "move":
        return publish_and_move(viewer().actor, sequence_id, data.revision)
    return PublishedAndMoved(publish_sequence(viewer().actor, sequence_id, data.revision), None)


def _published(sequence_id: UUID, done: PublishedAndMoved) -> Any:
    said = f"Version {done.published.version} is published." if done.published.changed else "Nothing changed."
    flash(said, "success")
    if done.moved:
        return after(sequence_id, done.moved.moved, done.moved.left)
    return redirect(url_for("sequences.show", sequence_id=sequence_id), 303)


def _shown(row: NurtureSequence) -> dict[str, Any]:
    session, published = db.session(), row.published_version
    found = check_sequence(session, row.id)
    return {
        "sequence": row,
        "problems": found,
        "stops": any(not one.is_warning for one in found),
        "changed": between(row.id, published, DRAFT) if published else None,
        "steps": versions.steps_in(session, row.id, DRAFT),
        "groups": groups(session, row, DRAFT) if row.has_draft and published else [],
    }
