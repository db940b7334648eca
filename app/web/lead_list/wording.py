"""What is wrong with an address of the list, in the words of its page."""

from collections.abc import Iterable

from werkzeug.datastructures import MultiDict

from app.kernel.errors import FieldError, InvalidInput
from app.kernel.wording import for_people
from app.leads.filters import LeadSort
from app.models.choices import LeadStatus, Priority
from app.web.lead_list.columns import Column

LABELS = {
    "status": "Status",
    "source": "Source",
    "assigned_to": "Assigned to",
    "priority": "Priority",
    "score_min": "Lowest score",
    "score_max": "Highest score",
    "wedding_date_from": "Wedding from",
    "wedding_date_to": "Wedding to",
    "created_from": "Inquired from",
    "created_to": "Inquired to",
    "tags": "Tags",
    "search": "Search",
    "sort_by": "Sort",
    "sort_order": "Order",
    "view": "View",
    "columns": "Columns",
    "paging": "Paging",
    "limit": "Page size",
    "after": "Place in the list",
    "before": "Place in the list",
    "more": "Longer lanes",
}
OFFERED: dict[str, Iterable[str]] = {
    "status": LeadStatus,
    "priority": Priority,
    "more": LeadStatus,
    "sort_by": LeadSort,
    "sort_order": ("asc", "desc"),
    "view": ("list", "cards", "pipeline"),
    "paging": ("pages", "endless"),
    "columns": Column,
}
CHOICES = frozenset({"enum", "literal_error"})


def in_words(error: InvalidInput, said: "MultiDict[str, str]") -> InvalidInput:
    """The same refusal in sentences that repeat what was `said`; the message names the filter as the page
    does, for where it stands alone."""
    problems = [_worded(problem, said) for problem in error.fields]
    if not problems:
        return error
    first = problems[0]
    label = LABELS.get(first.field)
    return InvalidInput(f"{label}: {first.message}" if label else first.message, fields=problems)


def _worded(problem: FieldError, said: "MultiDict[str, str]") -> FieldError:
    name, _, rest = problem.field.partition(".")
    if problem.code == "extra_forbidden" or (name and name not in LABELS):
        return problem
    return FieldError(name, problem.code, _sentence(name, _given(said.getlist(name), rest), problem))


def _sentence(name: str, given: str, problem: FieldError) -> str:
    if problem.code in CHOICES and name in OFFERED:
        return f"There is no “{given}”. Choose from: {', '.join(OFFERED[name])}."
    if name == "assigned_to":
        return f"Nobody here is “{given}”. Choose a person from the list, or nobody."
    return for_people(problem).message


def _given(values: list[str], rest: str) -> str:
    """The value that is meant: that at the place `rest`, of those that are not blank."""
    kept = [value for value in values if value.strip()]
    place = int(rest) if rest.isdigit() else -1
    return kept[place][:60] if kept and place < len(kept) else ""
