"""Rules that a supplier's own history may speak for: each a question about a lead as it inquired. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.models.choices import CriteriaOperator as Op
from app.scoring.at_inquiry import AtInquiry

LEAST = 20
"""Leads on either side of a question; from fewer nothing is concluded."""
MOST_WORDS = 12
"""Sources, and services, that are asked about: the most frequent."""


@dataclass(frozen=True)
class Candidate:
    """A rule without its points: its name, what it asks, and which leads it matches."""

    name: str
    field: str
    op: Op
    value: str
    holds: Callable[[AtInquiry], bool]


def candidates(leads: Sequence[AtInquiry], sources: Mapping[str, str]) -> Iterator[Candidate]:
    """Thresholds at the quartiles of these leads, their frequent sources (`sources`: names by slug) and
    services, and what was given at all."""
    yield from _amounts("estimated_budget", "Budget", leads, lambda lead: lead.budget)
    yield from _amounts("estimated_guest_count", "Guests", leads, lambda lead: lead.guests)
    yield from _times(leads)
    for slug in _frequent([lead.source] for lead in leads):
        if slug in sources:
            yield _source(slug, sources[slug])
    for service in _frequent(lead.services for lead in leads):
        yield _service(service)
    yield from _GIVEN


_GIVEN = (
    Candidate("Said a budget", "estimated_budget", Op.IS_SET, "", lambda lead: lead.budget is not None),
    Candidate("The venue is settled", "wedding_venue", Op.IS_SET, "", lambda lead: lead.has_venue),
    Candidate("Gave a phone number", "primary_phone", Op.IS_SET, "", lambda lead: lead.has_phone),
    Candidate("Agreed to marketing", "consent_marketing", Op.EQUALS, "true", lambda lead: lead.agreed),
)


def _source(slug: str, name: str) -> Candidate:
    return Candidate(f"Came by {name}", "lead_source", Op.IN_LIST, slug, lambda lead: lead.source == slug)


def _service(name: str) -> Candidate:
    return Candidate(
        f"Wants {name}", "services_needed", Op.CONTAINS, name, lambda lead: name in lead.services
    )


Reading = Callable[[AtInquiry], Any]


def _amounts(field: str, label: str, leads: Sequence[AtInquiry], read: Reading) -> Iterator[Candidate]:
    cuts = _quartiles(read(lead) for lead in leads)
    for cut in cuts:
        yield _over(f"{label} over {cut:,}", field, cut, read)
    for cut in cuts[:1]:
        yield _under(f"{label} under {cut:,}", field, cut, read)


def _times(leads: Sequence[AtInquiry]) -> Iterator[Candidate]:
    field, cuts = "days_until_wedding", _quartiles(lead.days for lead in leads)
    for cut in cuts:
        yield _over(f"Wedding in over {cut} days", field, cut, lambda lead: lead.days)
    for cut in cuts[:1]:
        yield _under(f"Wedding in under {cut} days", field, cut, lambda lead: lead.days)
    if len(cuts) > 1:
        low, high = cuts[0], cuts[-1]
        yield Candidate(
            f"Wedding in {low} to {high} days",
            field,
            Op.BETWEEN,
            f"{low},{high}",
            lambda lead: lead.days is not None and low <= lead.days <= high,
        )


def _over(name: str, field: str, cut: int, read: Reading) -> Candidate:
    def holds(lead: AtInquiry) -> bool:
        value = read(lead)
        return value is not None and bool(value > cut)

    return Candidate(name, field, Op.GREATER_THAN, str(cut), holds)


def _under(name: str, field: str, cut: int, read: Reading) -> Candidate:
    def holds(lead: AtInquiry) -> bool:
        value = read(lead)
        return value is not None and bool(value < cut)

    return Candidate(name, field, Op.LESS_THAN, str(cut), holds)


def _quartiles(values: Iterable[Any]) -> list[int]:
    """Of what is known, to two digits that count, as a person would set them; those above 0."""
    known = sorted(value for value in values if value is not None)
    cuts = [_rounded(known[len(known) * quarter // 4]) for quarter in (1, 2, 3)] if known else []
    return sorted({cut for cut in cuts if cut > 0})


def _rounded(value: Decimal | int) -> int:
    return int(Decimal(f"{value:.2g}")) if value >= 100 else round(value)


def _frequent(words: Iterable[Iterable[str | None]]) -> list[str]:
    counted = Counter(word for one in words for word in one if word)
    often = ((word, count) for word, count in counted.items() if count >= LEAST)
    return [word for word, _ in sorted(often, key=lambda one: (-one[1], one[0]))[:MOST_WORDS]]
