"""Fields that forms share: an instant, a member, several of a few."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from flask import g
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than its stubs
    DateTimeLocalField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts import queries as accounts
from app.accounts.queries import Person
from app.kernel.db import db
from app.web.viewer import viewer


def choices(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    """The options of a select, from values and labels."""
    return [SelectChoice(value, label) for value, label in pairs]


class CheckboxChoices(SelectMultipleField):
    """Several of a few, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


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

    def process_data(self, value: object) -> None:
        """Of nobody is the choice without an id."""
        super().process_data(value or "")

    def offer(self, nobody: str) -> None:
        self.choices = choices([("", nobody), *takers(self.data)])


def takers(keeper: str | None = None) -> list[tuple[str, str]]:
    """Who may look after leads, by id and name; and `keeper`, who does, whatever became of them."""
    return [(str(one.id), one.name) for one in people() if one.takes_leads or str(one.id) == keeper]


def people() -> list[Person]:
    """Everybody who ever worked there; read once a request."""
    if "people" not in g:
        g.people = accounts.people(db.session())
    found: list[Person] = g.people
    return found
