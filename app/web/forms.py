"""WTForms draw and label the fields; the pydantic model of the feature decides what is valid.

form = NoteForm()
if (note := form.read(InteractionCreate)) is not None:   # posted, token right, model satisfied
    add_interaction(actor, lead_id, note)
return render_template(…, form=form), form.status
"""

from typing import Any, TypeVar

from flask_wtf import FlaskForm
from pydantic import BaseModel
from wtforms import Field

from app.kernel.errors import FieldError, InvalidInput
from app.kernel.schema import validate
from app.kernel.wording import AMOUNT, DATE, WHOLE_NUMBER, for_people

M = TypeVar("M", bound=BaseModel)
_NOT_DATA = {"SubmitField", "CSRFTokenField"}
_SENTENCES = {
    "Not a valid date value.": DATE,
    "Not a valid integer value.": WHOLE_NUMBER,
    "Not a valid decimal value.": AMOUNT,
}


class _Words:
    """What WTForms says, as our models say it."""

    def gettext(self, sentence: str) -> str:
        return _SENTENCES.get(sentence, sentence)

    def ngettext(self, one: str, many: str, number: int) -> str:
        return one if number == 1 else many


class PageForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form of a page, with its CSRF token. Field names are those of the model it is read as."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def get_translations(self, form: FlaskForm) -> _Words:
            return _Words()

    def read(self, model: type[M]) -> M | None:
        """The posted data as `model`; None when nothing was posted or it is wrong, as the fields then say."""
        if not self.validate_on_submit():
            return None
        try:
            return validate(model, self.values())
        except InvalidInput as error:
            self.blame(error)
            return None

    def values(self) -> dict[str, Any]:
        """What was entered, by field; the model trims it and takes blank for absent."""
        return {f.short_name: f.data for f in self if f.type not in _NOT_DATA}

    def blame(self, error: InvalidInput) -> None:
        """Show each problem at its field, and those of no field above the form."""
        for problem in map(for_people, error.fields or [FieldError("", "invalid", error.message)]):
            field = self._fields.get(problem.field.partition(".")[0])
            if field is None:
                self.form_errors.append(problem.message)
            else:
                _append(field, problem.message)

    @property
    def status(self) -> int:
        """422 once something is wrong, else 200."""
        return 422 if self.errors else 200


def _append(field: Field, message: str) -> None:
    field.errors = (*field.errors, message)
