"""A form whose posted data go through one write: what the write refuses is shown at the fields."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from pydantic import BaseModel
from wtforms import SelectChoice, SelectMultipleField  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.widgets import CheckboxInput, ListWidget

from app.kernel.errors import Conflict, InvalidInput
from app.web.forms import PageForm

M = TypeVar("M", bound=BaseModel)


class WriteForm(PageForm):
    """`result` is what the write returned."""

    result: Any = None

    def write(self, model: type[M], service: Callable[[M], object]) -> bool:
        """Read the form as `model`, hand it to `service`; False when nothing was posted or it was refused."""
        data = self.read(model)
        if data is None:
            return False
        try:
            self.result = service(data)
        except (InvalidInput, Conflict) as refused:
            self.blame(InvalidInput(refused.message, fields=refused.fields))
            return False
        return True


def choices(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    """The options of a select, from values and labels."""
    return [SelectChoice(value, label) for value, label in pairs]


class CheckboxChoices(SelectMultipleField):
    """Several of a few, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
