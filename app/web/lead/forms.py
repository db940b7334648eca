"""What the forms of a lead's page share: several stand on it, so each field's id says whose it is."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flask import g
from wtforms import DateTimeLocalField, SelectField

from app.accounts import queries as accounts
from app.accounts.queries import Person
from app.kernel.db import db
from app.web.viewer import viewer
from app.web.write_form import WriteForm, choices


class LeadForm(WriteForm):
    """A form with a `kind`, the first part of its fields' ids; their names stay those of the model."""

    kind: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self:
            field.id = field.label.field_id = f"{self.kind}-{field.short_name}"


def _zone() -> ZoneInfo:
    return viewer().zone


class MomentField(DateTimeLocalField):
    """An instant, entered and shown on the supplier's clock."""

    def __init__(self, label: str, validators: Any = (), **options: Any) -> None:
        forms = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        wrong = "Give a day and a time, such as 12/06/2027 14:30."
        given: dict[str, Any] = {"format": forms, "invalid_value_message": wrong, "tz": _zone}
        super().__init__(label, validators, **given, **options)


class MemberField(SelectField):
    """Who does it: the active members who may look after leads, and somebody who did but left."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, **{"default": "", **options})

    def offer(self, nobody: str) -> None:
        pairs = [(str(one.id), one.name) for one in people() if one.takes_leads or str(one.id) == self.data]
        self.choices = choices([("", nobody), *pairs])


def people() -> list[Person]:
    """Everybody who ever worked there; read once a request."""
    if "people" not in g:
        g.people = accounts.people(db.session())
    found: list[Person] = g.people
    return found
