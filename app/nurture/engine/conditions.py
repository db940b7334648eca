"""Conditions on a lead: the keys of `execution_conditions`, `trigger_conditions` and branches.

Null-safe and exact: a null condition is none, zero is a bound like any other, and a bound on
something the lead does not have does not hold.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.nurture.engine.facts import LeadFacts


def _words(value: Any) -> frozenset[str]:
    return frozenset({value} if isinstance(value, str) else value)


def _lower(value: Any) -> frozenset[str]:
    return frozenset(word.lower() for word in _words(value))


def _is_least(value: int | None, bound: int) -> bool:
    return value is not None and value >= bound


def _is_most(value: int | None, bound: int) -> bool:
    return value is not None and value <= bound


_CHECKS: dict[str, Callable[[LeadFacts, Any], bool]] = {
    "required_status": lambda lead, wanted: lead.status in _words(wanted),
    "required_sources": lambda lead, wanted: bool(lead.sources & _lower(wanted)),
    "required_tags": lambda lead, wanted: _words(wanted) <= lead.tags,
    "excluded_tags": lambda lead, wanted: not (_words(wanted) & lead.tags),
    "min_score": lambda lead, bound: lead.score >= bound,
    "max_score": lambda lead, bound: lead.score <= bound,
    "min_days_until_wedding": lambda lead, bound: _is_least(lead.days_until_wedding, bound),
    "max_days_until_wedding": lambda lead, bound: _is_most(lead.days_until_wedding, bound),
    "min_days_since_inquiry": lambda lead, bound: _is_least(lead.days_since_inquiry, bound),
    "max_days_since_inquiry": lambda lead, bound: _is_most(lead.days_since_inquiry, bound),
    "min_days_since_contact": lambda lead, bound: _is_least(lead.days_since_contact, bound),
    "max_days_since_contact": lambda lead, bound: _is_most(lead.days_since_contact, bound),
    "has_email": lambda lead, wanted: lead.has_email is wanted,
    "has_phone": lambda lead, wanted: lead.has_phone is wanted,
}
_NUMBERS = frozenset(key for key in _CHECKS if key.startswith(("min_", "max_")))
_FLAGS = frozenset({"has_email", "has_phone"})
FARTHEST = 36_500
"""The largest number, as a bound to days or to the score."""
DAILY = frozenset({"max_days_until_wedding", "min_days_since_inquiry", "min_days_since_contact"})
"""Those that a day that passes may make true."""


def holds(conditions: Mapping[str, Any], lead: LeadFacts) -> bool:
    """Do all of them hold? Conditions that `problems` would refuse do not hold."""
    if problems(conditions):
        return False
    return all(_CHECKS[key](lead, wanted) for key, wanted in conditions.items() if wanted is not None)


def problems(conditions: Mapping[str, Any]) -> list[str]:
    """What is wrong with them, a sentence each; to be asked when they are saved."""
    found = (_problem(key, wanted) for key, wanted in conditions.items())
    return [problem for problem in found if problem]


def _problem(key: str, wanted: Any) -> str | None:
    if key not in _CHECKS:
        return f"'{key}' is not a condition; these are: {', '.join(_CHECKS)}."
    if wanted is None:
        return None
    if key in _NUMBERS:
        is_bound = type(wanted) is int and abs(wanted) <= FARTHEST
        return None if is_bound else f"'{key}' takes a whole number from -{FARTHEST:,} to {FARTHEST:,}."
    if key in _FLAGS:
        return None if isinstance(wanted, bool) else f"'{key}' takes true or false."
    listed = [wanted] if isinstance(wanted, str) else wanted
    worded = isinstance(listed, list | tuple | set | frozenset) and all(isinstance(w, str) for w in listed)
    return None if worded else f"'{key}' takes a word or a list of words."
