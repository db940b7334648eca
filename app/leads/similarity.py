"""The leads most similar to a search that no lead fulfils.

Rows that share the beginning or the end of a misspelt word are measured by trigrams (pg_trgm's
`word_similarity`) in names, addresses and venue. All of it is bounded.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, Subquery, cast, false, func, literal, or_, select
from sqlalchemy.orm import Session

from app.leads.words import Term
from app.models.leads import Lead

MOST_SIMILAR = 50
MOST_MEASURED = 600
"""Similarities that are computed: 20 µs each."""
MOST_SCANNED = 50_000
HEAD = 160
"""Characters in which similarity is measured: who and where, not the notes."""
LEAST = 0.35
"""Of a misspelt word; one wrong letter in five leaves 0.4."""
SHORTEST = 4
"""Letters of a word that may be misspelt: in shorter ones too little is left to compare."""
LONGEST_END = 4


def similar(session: Session, wanted: Sequence[Term], listed: Sequence[ColumnElement[bool]]) -> list[UUID]:
    """The ids of the most similar leads, the best first. Numbers are not misspelt: each must be found."""
    numbers = [term.is_in() for term in wanted if term.is_number]
    words = [term.words[0] for term in wanted if not term.is_number]
    newest = (
        select(Lead.id, Lead.search_text.label("text"))
        .where(*listed, *numbers)
        .order_by(Lead.created_at.desc(), Lead.id.desc())
        .limit(MOST_SCANNED)
        .subquery()
    )
    unknown = words if len(wanted) == 1 else _unknown(session, words, newest)
    telling = [word for word in words if len(word) >= SHORTEST]
    misspelt = [word for word in telling if word in unknown]
    return list(session.scalars(_ranking(telling, misspelt, newest))) if telling else []


def _unknown(session: Session, words: Sequence[str], newest: Subquery) -> list[str]:
    """The words that no lead has."""
    occurs = [func.coalesce(func.bool_or(Term((word,)).is_in(newest.c.text)), false()) for word in words]
    known = session.execute(select(*occurs)).one()
    return [word for word, is_known in zip(words, known, strict=True) if not is_known]


def _ranking(words: Sequence[str], misspelt: Sequence[str], newest: Subquery) -> Select[UUID]:
    """Leads that have something like a misspelt word; without one, those that have any of the words."""
    text = newest.c.text
    hits = [_hit(word, word in misspelt, text) for word in words]
    near = [text.regexp_match(_ends(word)) for word in misspelt] or hits
    likeliest = sum((cast(hit, Integer) for hit in hits), literal(0)).desc()
    head = func.left(text, HEAD).label("head")
    most = MOST_MEASURED // len(words)
    rows = select(newest.c.id, head).where(or_(*near)).order_by(likeliest).limit(most).subquery()
    enough = _similarity(misspelt, rows) >= LEAST * len(misspelt)
    ordered = (_similarity(words, rows).desc(), rows.c.id.desc())
    return select(rows.c.id).where(enough).order_by(*ordered).limit(MOST_SIMILAR)


def _similarity(words: Sequence[str], rows: Subquery) -> ColumnElement[float]:
    """The sum of each word's, from 0 to 1."""
    return sum((func.word_similarity(word, rows.c.head) for word in words), literal(0.0))


def _hit(word: str, is_misspelt: bool, text: Any) -> ColumnElement[bool]:
    """Is the word there; or one word with both its ends?"""
    return text.regexp_match(_ends(word, "\\w*")) if is_misspelt else Term((word,)).is_in(text)


def _ends(word: str, between: str = "|") -> str:
    """A word that begins or one that ends as this one: a single slip leaves one of the two as it was."""
    size = min(max(2, (len(word) - 2) // 2), LONGEST_END)
    return f"\\m{_plain(word[:size])}{between}{_plain(word[-size:])}\\M"


def _plain(letters: str) -> str:
    return "".join(c if c.isalnum() else f"\\{c}" for c in letters)
