"""Find leads as one types: those that have every word; when there is none, the most similar.

Both are looked for among the supplier's own rows in one index (`ix_leads_listed`), never in the table. A
search that few leads fulfil is settled into their ids, so that the page, its figures and its counts read
those alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.keyset import order_by
from app.kernel.schema import validate
from app.leads.filters import LeadFilters, matching, shown
from app.leads.similarity import HEAD, similar
from app.leads.words import Term, fold, terms
from app.models.choices import LeadStatus
from app.models.leads import Lead

FEW = 100
"""At most so many exact matches are kept as ids."""
EXCERPT = 30

_FIELDS = (
    *("primary_email", "secondary_email", "primary_phone", "secondary_phone"),
    *("wedding_venue", "wedding_location", "specific_requirements", "additional_notes"),
)


@dataclass(frozen=True)
class Suggestion:
    """A lead that a search may mean, and what of it matched; None when it is the couple's names."""

    id: UUID
    couple: str
    status: LeadStatus
    matched: str | None


def settle(session: Session, filters: LeadFilters) -> LeadFilters:
    """The filters with their search looked up once; those without a search as they are.

    Where nothing matches exactly the list is that of the most similar leads, the best first, whatever
    the sort; the other filters hold as well.
    """
    if filters.search is None or filters.is_settled:
        return filters
    wanted, listed = terms(filters.search), shown(filters)
    exact = select(Lead.id).where(*listed, *(term.is_in() for term in wanted)).limit(FEW + 1)
    ids = session.scalars(exact).all()
    if len(ids) > FEW:
        return filters.settled(None)
    return filters.settled(ids) if ids else filters.settled(similar(session, wanted, listed), similar=True)


def suggest(session: Session, words: str, most: int = 8) -> list[Suggestion]:
    """The newest leads that match, or the most similar: what a palette offers while one types. InvalidInput
    for what no text may hold."""
    filters = settle(session, validate(LeadFilters, {"search": words[:100]}))
    if not filters.search:
        return []
    found = select(Lead).where(*shown(filters), *matching(filters))
    wanted = terms(words)
    return [
        Suggestion(lead.id, lead.couple, lead.lead_status, _matched(lead, wanted))
        for lead in session.scalars(found.order_by(*order_by(filters.order)).limit(most))
    ]


def _matched(lead: Lead, wanted: Sequence[Term]) -> str | None:
    """The text with the first word that is not in the names; without one, the most similar text."""
    names = fold(f"{lead.couple_name_bride or ''} {lead.couple_name_groom or ''}")
    words = [word for term in wanted for word in (*term.words, term.digits) if word and word not in names]
    texts = [text for name in _FIELDS if (text := getattr(lead, name))] + lead.tags
    for word in words:
        if found := next((text for text in texts if word in fold(text)), None):
            return excerpt(found, word)
    likest = max([names, *texts], key=partial(_likeness, words)) if words else names
    return None if likest == names else excerpt(likest, "")


def _likeness(words: Sequence[str], text: str) -> float:
    """Of the word and the part of the text's beginning that are most alike, from 0 to 1."""
    parts = fold(text[:HEAD]).split()
    return max((SequenceMatcher(None, word, part).ratio() for word in words for part in parts), default=0)


def excerpt(text: str, word: str) -> str:
    """What stands around the folded word, on one line of some 80 characters."""
    line = " ".join(text.split())
    at = max(fold(line).find(word) - EXCERPT, 0)
    cut = line[at : at + 2 * EXCERPT + len(word)]
    before = "…" if at else ""
    after = "…" if at + len(cut) < len(line) else ""
    return f"{before}{cut.partition(' ')[2] if at else cut}{after}"
