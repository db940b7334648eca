"""Conditions on a lead in words: when a step is taken, where a branch leads, whom a sequence takes in. Pure.

`its status is New or Contacted`, `its score is 40 to 60`, `the wedding is at most 90 days away`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.models.nurture import NurtureSequence
from app.web.formats import words

Names = Mapping[str, str]
"""The names of sources, by slug or name in lower case."""
LABELS: Mapping[str, str] = {
    "required_status": "Status is one of",
    "required_sources": "Source is one of",
    "required_tags": "Has every tag of",
    "excluded_tags": "Has no tag of",
    "min_score": "Score is at least",
    "max_score": "Score is at most",
    "min_days_until_wedding": "Days until the wedding: at least",
    "max_days_until_wedding": "Days until the wedding: at most",
    "min_days_since_inquiry": "Days since the inquiry: at least",
    "max_days_since_inquiry": "Days since the inquiry: at most",
    "min_days_since_contact": "Days since you last spoke: at least",
    "max_days_since_contact": "Days since you last spoke: at most",
    "has_email": "Has an e-mail address",
    "has_phone": "Has a phone number",
}
"""What each key is called as a choice, in the order in which people look for them."""
_RANGES: Mapping[str, tuple[str, str, str]] = {
    "score": ("its score is {} or more", "its score is {} or less", "its score is {} to {}"),
    "days_until_wedding": (
        "the wedding is at least {} away",
        "the wedding is at most {} away",
        "the wedding is {} to {} away",
    ),
    "days_since_inquiry": (
        "the inquiry is at least {} old",
        "the inquiry is at most {} old",
        "the inquiry is {} to {} old",
    ),
    "days_since_contact": (
        "you last spoke at least {} ago",
        "you last spoke at most {} ago",
        "you last spoke {} to {} ago",
    ),
}
"""Of each quantity: with a least bound, with a most bound, with both."""
_FLAGS = {
    "has_email": ("it has an e-mail address", "it has no e-mail address"),
    "has_phone": ("it has a phone number", "it has no phone number"),
}


def sentence(conditions: Mapping[str, Any], names: Names | None = None) -> str:
    """All that must hold, without `if`; empty when nothing is asked."""
    return together(clauses(conditions, names))


def clauses(conditions: Mapping[str, Any], names: Names | None = None) -> list[str]:
    """One for each thing that is asked. A condition that there is not stands as it is written."""
    asked = {key: wanted for key, wanted in conditions.items() if wanted is not None}
    found: list[str] = []
    for key, tell in _TOLD.items():
        if key in asked:
            found.append(tell(_listed(asked[key]), names or {}))
    found += _ranges(asked)
    found += [_FLAGS[key][0 if asked[key] else 1] for key in _FLAGS if key in asked]
    return found + [f"“{key}” is {wanted}" for key, wanted in asked.items() if key not in LABELS]


def targets(row: NurtureSequence, names: Names | None = None) -> str:
    """Whom the sequence takes in, and whether again: two sentences."""
    least, most = (*row.target_score_range, None, None)[:2]
    chosen = {
        "required_status": row.target_lead_status or None,
        "required_sources": row.target_lead_sources or None,
        "min_score": least,
        "max_score": most,
    }
    asked = clauses(chosen, names) + clauses(row.trigger_conditions, names)
    whom = "a lead" if row.target_lead_status else "an open lead"
    when = f" when {together(asked)}" if asked else ""
    return f"Takes in {whom}{when}. {again(row.reentry_after_days)}"


def again(days: int | None) -> str:
    """How often a lead may be in it."""
    if days is None:
        return "Each lead is in it once."
    if not days:
        return "A lead that left may come back at once."
    return f"A lead that left may come back after {_days(days)}."


def together(parts: Sequence[str], word: str = "and") -> str:
    """`A`, `A and B`, `A, B and C`."""
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}" if len(parts) > 1 else "".join(parts)


def _ranges(asked: Mapping[str, Any]) -> Iterator[str]:
    for what, (from_, up_to, between) in _RANGES.items():
        least, most = asked.get(f"min_{what}"), asked.get(f"max_{what}")
        said: Callable[[Any], str] = _days if what != "score" else str
        if least is not None and most is not None:
            yield between.format(least, said(most))
        elif least is not None:
            yield from_.format(said(least))
        elif most is not None:
            yield up_to.format(said(most))


def _days(count: Any) -> str:
    return f"{count:,} {'day' if count == 1 else 'days'}" if isinstance(count, int) else f"{count} days"


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(one) for one in value]


def _statuses(wanted: list[str], _names: Names) -> str:
    return f"its status is {together([words(one) for one in wanted], 'or') or 'nothing'}"


def _sources(wanted: list[str], names: Names) -> str:
    return f"it came by {together([names.get(one.lower(), one) for one in wanted], 'or') or 'nothing'}"


def _tagged(wanted: list[str], _names: Names) -> str:
    return f"it is tagged {together([f'“{one}”' for one in wanted]) or 'with nothing'}"


def _untagged(wanted: list[str], _names: Names) -> str:
    return f"it is not tagged {together([f'“{one}”' for one in wanted], 'or') or 'with anything'}"


_TOLD: Mapping[str, Callable[[list[str], Names], str]] = {
    "required_status": _statuses,
    "required_sources": _sources,
    "required_tags": _tagged,
    "excluded_tags": _untagged,
}
