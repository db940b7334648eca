"""A sequence's settings: its name, whom it takes in, and what ends it. They hold at once."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from app.kernel.db import db
from app.kernel.errors import FieldError, InvalidInput
from app.models.choices import LeadStatus, SequenceType
from app.models.nurture import NurtureSequence
from app.nurture.authoring.desk import find_sequence
from app.nurture.authoring.schemas import SequenceCreate, SequencePatch
from app.nurture.authoring.sequences import SETTINGS, update_sequence
from app.web.condition_rows import ConditionsField
from app.web.fields import CheckboxChoices, choices
from app.web.formats import words
from app.web.score_values import source_names
from app.web.sequences.blueprint import blueprint, revision, writer
from app.web.viewer import viewer
from app.web.write_form import WriteForm

SCORE = {"min": 0, "max": 100}
_EXTRA = ("revision", "least_score", "most_score")


class SettingsForm(WriteForm):
    revision = HiddenField()
    sequence_name = StringField("Name", render_kw={"required": True, "maxlength": 255, "autocomplete": "off"})
    sequence_description = TextAreaField(
        "What it is for", description="For you and your team.", render_kw={"rows": 2, "maxlength": 10_000}
    )
    sequence_type = SelectField("Type", choices=choices((one, words(one)) for one in SequenceType))
    target_lead_status = CheckboxChoices(
        "Status",
        choices=[(str(one), words(one)) for one in LeadStatus if one not in ("spam", "duplicate")],
        description="None is any open one.",
    )
    target_lead_sources = StringField(
        "Sources",
        description="Several with commas between them. Empty is any.",
        render_kw={"maxlength": 2000, "autocomplete": "off", "list": "sources"},
    )
    least_score = IntegerField("Score from", [Optional()], render_kw=SCORE)
    most_score = IntegerField("Score to", [Optional()], render_kw=SCORE)
    trigger_conditions = ConditionsField("And only if")
    priority_level = IntegerField(
        "Priority",
        default=1,
        description="1 to 10. Where a couple would get two messages on one day, the higher one goes first.",
        render_kw={"min": 1, "max": 10, "required": True},
    )
    reentry_after_days = IntegerField(
        "May come back after days",
        [Optional()],
        description="Empty: a lead is in it once. 0: as soon as it fits again.",
        render_kw={"min": 0, "max": 3650},
    )
    is_active = BooleanField("On: it takes leads in and goes on with those who are under way", default=True)
    ends_on_reply = BooleanField("Ends when the couple replies", default=True)
    halts_on_failure = BooleanField("Ends when a step fails; else it goes on with the next one")

    @classmethod
    def of(cls, row: NurtureSequence) -> "SettingsForm":
        least, most = (*row.target_score_range, None, None)[:2]
        said = {name: getattr(row, name) for name in SETTINGS}
        said |= {"target_lead_sources": ", ".join(row.target_lead_sources), "revision": row.revision}
        return cls(data=said | {"least_score": least, "most_score": most})

    @property
    def seen(self) -> int | None:
        """The revision that was on the page."""
        return revision(self.revision.data)

    def widen(self) -> None:
        """Another empty row of conditions."""
        self.trigger_conditions.blank += 1

    def values(self) -> dict[str, Any]:
        """As SequencePatch has them."""
        given = super().values()
        bounds = [self.least_score.data, self.most_score.data]
        said = (self.target_lead_sources.data or "").split(",")
        return {name: value for name, value in given.items() if name not in _EXTRA} | {
            "target_score_range": [] if bounds == [None, None] else bounds,
            "target_lead_sources": [one.strip() for one in said if one.strip()],
        }

    def blame(self, error: InvalidInput) -> None:
        """What is wrong with the range stands at its beginning."""
        ranged = {"target_score_range.0": "least_score", "target_score_range.1": "most_score"}
        fields = [
            FieldError(
                ranged.get(one.field, "least_score" if "score_range" in one.field else one.field),
                one.code,
                one.message,
            )
            for one in error.fields
        ]
        super().blame(InvalidInput(error.message, fields=fields))


@blueprint.route("/<uuid:sequence_id>/settings", methods=["GET", "POST"])
def settings(sequence_id: UUID) -> Any:
    row = find_sequence(db.session(), sequence_id)
    writer()
    form, name = SettingsForm.of(row), row.sequence_name
    if request.method == "POST" and "more" in request.form:
        form.widen()
    elif form.write(SequenceCreate, lambda data: _save(sequence_id, form, data)):
        flash("Saved.", "success")
        return redirect(url_for("sequences.show", sequence_id=sequence_id), 303)
    row, sources = find_sequence(db.session(), sequence_id), sorted(set(source_names().values()))
    page = render_template("sequences/settings.html", form=form, sequence=row, name=name, sources=sources)
    return page, form.status


def _save(sequence_id: UUID, form: SettingsForm, data: SequenceCreate) -> Any:
    """Read as a whole one, so that what must be said is asked for; what the form has is changed."""
    changes = SequencePatch(**{name: getattr(data, name) for name in form.values()})
    return update_sequence(viewer().actor, sequence_id, changes, form.seen)
