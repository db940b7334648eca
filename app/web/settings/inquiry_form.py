"""The inquiry form: the line that puts it on a website, what it says, and where it may stand."""

from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from wtforms import StringField, TextAreaField

from app.capture.queries import first_form
from app.capture.schemas import FormSettings
from app.capture.service import change_form
from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.errors import FieldError, InvalidInput, NotFound
from app.models.capture import CaptureForm
from app.web.settings.blueprint import blueprint
from app.web.viewer import viewer
from app.web.write_form import WriteForm

LISTS = ("services", "allowed_origins")


class InquiryFormForm(WriteForm):
    heading = StringField("Heading", render_kw={"required": True, "maxlength": 100})
    services = TextAreaField(
        "Services",
        description="What couples may tick, one a line. None: the form does not ask.",
        render_kw={"rows": 5, "maxlength": 3100},
    )
    thanks = TextAreaField(
        "Thanks",
        description="What couples read once they have sent it.",
        render_kw={"rows": 2, "required": True, "maxlength": 500},
    )
    consent_wording = TextAreaField(
        "Words of consent",
        description="The box couples tick. Whoever ticked the words before keeps them in their record.",
        render_kw={"rows": 2, "required": True, "maxlength": 500},
    )
    allowed_origins = TextAreaField(
        "Your websites",
        description="Only these may show the form, one a line, such as https://www.example.com. None: any.",
        render_kw={"rows": 2, "maxlength": 5200},
    )

    def values(self) -> dict[str, Any]:
        given = super().values()
        return given | {name: _lines(given[name]) for name in LISTS}

    def blame(self, error: InvalidInput) -> None:
        """A line that is wrong is named by its number: its field shows all of them."""
        super().blame(InvalidInput(error.message, fields=[_on_its_line(f) for f in error.fields]))


@blueprint.route("/settings/inquiry-form", methods=["GET", "POST"])
def inquiry_form() -> Any:
    viewer().actor.require(Permission.MANAGE_SUPPLIER)
    row = first_form(db.session())
    if row is None:
        raise NotFound("form")
    form = InquiryFormForm(data=_shown(row))
    if form.write(FormSettings, lambda data: change_form(viewer().actor, data)):
        flash("Saved. Your websites show it at once.", "success")
        return redirect(url_for("settings.inquiry_form"), 303)
    host = current_app.extensions["settings"].base_url
    return render_template("capture/settings.html", form=form, key=row.key, host=host), form.status


def _shown(row: CaptureForm) -> dict[str, Any]:
    """The row as the form has it."""
    said = {name: getattr(row, name) for name in ("heading", "thanks", "consent_wording")}
    return said | {name: "\n".join(getattr(row, name)) for name in LISTS}


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _on_its_line(problem: FieldError) -> FieldError:
    name, _, index = problem.field.partition(".")
    if name not in LISTS or not index.isdigit():
        return problem
    return FieldError(name, problem.code, f"Line {int(index) + 1}: {problem.message}.")
