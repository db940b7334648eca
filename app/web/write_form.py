"""A form whose posted data go through one write: what the write refuses is shown at the fields."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel

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


class PartForm(WriteForm):
    """A form that stands on a page with others: its `kind` is the first part of its fields' ids; their names
    stay those of the model."""

    kind: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self:
            field.id = field.label.field_id = f"{self.kind}-{field.short_name}"
