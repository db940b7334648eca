"""Conditions and branches as rows of a form: a key from a list and a value that people type."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.utils import unset_value

from app.models.choices import LeadStatus
from app.nurture.authoring.schemas import MOST_BRANCHES, MOST_STEPS
from app.nurture.engine.conditions import FARTHEST
from app.web.condition_words import LABELS
from app.web.formats import words

FLAGS = frozenset({"has_email", "has_phone"})
LISTS = frozenset({"required_status", "required_sources", "required_tags", "excluded_tags"})
KINDS: Mapping[str, str] = {
    **dict.fromkeys(LABELS, "number"),
    **dict.fromkeys(FLAGS, "flag"),
    "required_status": "status",
    "required_sources": "source",
    "required_tags": "tags",
    "excluded_tags": "tags",
}
"""What the value of each key is."""
HINTS = {
    "number": "A whole number, such as 60",
    "flag": "yes or no",
    "status": "New, Contacted",
    "source": "Your sources, with commas between them",
    "tags": "Tags, with commas between them",
}
YES, NO = ("yes", "true"), ("no", "false")
_STATUSES = {words(one).lower(): str(one) for one in LeadStatus}
Row = tuple[str, str]


class Unreadable(ValueError):
    """A row that cannot be read; its words say why."""


def rows_of(conditions: Mapping[str, Any]) -> list[Row]:
    """A row for each condition."""
    return [(key, _shown(key, wanted)) for key, wanted in conditions.items() if wanted is not None]


def conditions_of(rows: Iterable[Row]) -> dict[str, Any]:
    """What the rows ask; those without a key and a value are left out. Unreadable."""
    asked: dict[str, Any] = {}
    for key, text in rows:
        if not (key or text.strip()):
            continue
        if key not in LABELS:
            about = (
                f"“{key[:100]}” is not a condition." if key else f"Say what “{text.strip()[:100]}” is about."
            )
            raise Unreadable(about)
        if key in asked:
            raise Unreadable(f"“{LABELS[key]}” stands twice; say it once.")
        asked[key] = _read(key, text.strip())
    return asked


def _read(key: str, text: str) -> Any:
    if not text:
        raise Unreadable(f"“{LABELS[key]}” needs a value, or take it out.")
    if key in LISTS:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        return [_STATUSES.get(part.lower(), part) if KINDS[key] == "status" else part for part in parts]
    if key in FLAGS:
        if text.lower() not in (*YES, *NO):
            raise Unreadable(f"“{LABELS[key]}” takes yes or no.")
        return text.lower() in YES
    number = _number(text)
    if number is None or abs(number) > FARTHEST:
        up_to = "" if number is None else f" up to {FARTHEST:,}"
        raise Unreadable(f"“{LABELS[key]}” takes a whole number{up_to}, such as 60.")
    return number


def _number(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _shown(key: str, wanted: Any) -> str:
    if isinstance(wanted, bool):
        return "yes" if wanted else "no"
    if isinstance(wanted, str | int | float):
        return words(str(wanted)) if KINDS.get(key) == "status" else str(wanted)
    listed = [str(one) for one in wanted] if isinstance(wanted, list) else [str(wanted)]
    return ", ".join(words(one) if KINDS.get(key) == "status" else one for one in listed)


def _posted(formdata: Any, name: str) -> list[Row]:
    keys, values = formdata.getlist(f"{name}-key"), formdata.getlist(f"{name}-value")
    return list(zip(keys, values, strict=False))


class ConditionsField(Field):
    """Rows of a key and a value, named `<name>-key` and `<name>-value`; `data` is what they ask."""

    blank = 1
    """Empty rows behind those that say something."""

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        self.process_errors = []
        self.data = self.object_data = {} if data is unset_value else (data or {})
        self.rows = rows_of(self.data)
        if formdata:
            self.rows = [row for row in _posted(formdata, self.name) if any(row)]
            self._take()

    def _take(self) -> None:
        try:
            self.data = conditions_of(self.rows)
        except Unreadable as wrong:
            self.process_errors = [str(wrong)]

    @property
    def shown(self) -> list[Row]:
        return [*self.rows, *[("", "")] * self.blank]


class BranchesField(Field):
    """Branches, each with its rows and where it leads: `<name>-0-key`, `<name>-0-value`, `<name>-0-then`.
    `data` is `{"branches": [{"if": {…}, "then": 4}]}`, or nothing. `targets` are the places and names of the
    steps that may be named."""

    targets: tuple[tuple[int, str], ...] = ()
    blank = 1

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        self.process_errors = []
        self.data = self.object_data = {} if data is unset_value else (data or {})
        self.branches = list(_branches_of(self.data))
        if formdata:
            self.branches = list(self._posted(formdata))
            self._take()

    def _posted(self, formdata: MultiDict[str, str]) -> Iterator[tuple[list[Row], str]]:
        for number in range(MOST_BRANCHES):
            rows = [row for row in _posted(formdata, f"{self.name}-{number}") if any(row)]
            then = formdata.get(f"{self.name}-{number}-then", "").strip()
            if rows or then:
                yield rows, then

    def _take(self) -> None:
        found, problems = [], []
        for number, (rows, then) in enumerate(self.branches, start=1):
            try:
                found.append({"if": conditions_of(rows), "then": _place(then)})
            except Unreadable as wrong:
                problems.append(f"Branch {number}: {wrong}")
        self.data, self.process_errors = ({"branches": found} if found else {}), problems

    @property
    def shown(self) -> list[tuple[list[Row], str]]:
        """Each with an empty row behind, and an empty branch while there is room."""
        more = min(self.blank, MOST_BRANCHES - len(self.branches))
        return [*(([*rows, ("", "")], then) for rows, then in self.branches), *[([("", "")], "")] * more]


def _place(then: str) -> int:
    if not then:
        raise Unreadable("say with which step to go on.")
    place = _number(then)
    if place is None or not 1 <= place <= MOST_STEPS:
        raise Unreadable("there is no such step.")
    return place


def _branches_of(data: Mapping[str, Any]) -> Iterator[tuple[list[Row], str]]:
    for branch in data.get("branches", []):
        if isinstance(branch, dict) and isinstance(branch.get("if"), dict):
            yield rows_of(branch["if"]), str(branch.get("then", ""))
