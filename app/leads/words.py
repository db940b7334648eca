"""The words of a search, and where a lead must have them.

`Lead.search_text` is folded by PostgreSQL's `search_fold`; here words are folded the same way, so that
`zoe` finds Zoë. Numbers are also looked for as a telephone number that was typed in groups and as it is
dialled at home: `07700 900123` is in `+447700900123`.
"""

import re
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from unicodedata import normalize

from sqlalchemy import ColumnElement, and_, or_

from app.models.leads import Lead

MOST = 8
"""Further words of a search are passed over."""
_MARKS = re.compile("[\u0300-\u036f]")
_NUMBER = re.compile(r"[\d+().\-/]*\d[\d+().\-/]*")
_WILD = re.compile(r"[%_\\]")
_FEWEST_DIGITS = 3


@dataclass(frozen=True)
class Term:
    """A word; or a run of numbers, whose `digits` are those of a telephone number without what one dials
    before it."""

    words: tuple[str, ...]
    digits: str = ""
    is_number: bool = False

    def is_in(self, text: Any = Lead.search_text) -> ColumnElement[bool]:
        """Does the text have the word, or the numbers in either way?"""
        each = and_(*(text.like(_anywhere(word)) for word in self.words))
        return or_(each, text.like(_anywhere(self.digits))) if self.digits else each


def fold(text: str) -> str:
    """In lower case, without accents."""
    return _MARKS.sub("", normalize("NFD", text)).lower()


def terms(search: str | None) -> list[Term]:
    """What must be found, all of it, in any order."""
    found: list[Term] = []
    for is_number, words in groupby(fold(search or "").split()[:MOST], key=_is_number):
        run = tuple(words)
        found += [_number(run)] if is_number else [Term((word,)) for word in run]
    return found


def _is_number(word: str) -> bool:
    return _NUMBER.fullmatch(word) is not None


def _number(words: tuple[str, ...]) -> Term:
    """The trunk prefix, as in `020` or `+44 (0)20`, and the `00` before a country's code are left out."""
    digits = re.sub(r"\D", "", "".join(words).replace("(0)", "")).lstrip("0")
    is_other = len(digits) >= _FEWEST_DIGITS and (digits,) != words
    return Term(words, digits if is_other else "", is_number=True)


def _anywhere(word: str) -> str:
    return f"%{_WILD.sub(_escaped, word)}%"


def _escaped(wild: re.Match[str]) -> str:
    return f"\\{wild[0]}"
