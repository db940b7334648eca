"""What keeps a template from being saved: each problem in a sentence, with its line."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from html import unescape

from app.messaging import liquid
from app.messaging.liquid import TemplateError, fill_html, fill_text
from app.messaging.plain import to_text
from app.messaging.render import OPT_OUT_WORDS, one_line, sanitise
from app.messaging.segments import MOST_SEGMENTS, count
from app.messaging.tokens import NOTHING_SAID, SAMPLES


class Kind(StrEnum):
    """What a template's text is for."""

    SUBJECT = "subject"
    HTML = "html"
    TEXT = "text"
    SMS = "sms"
    TITLE = "title"
    """A task's: one line, like a subject."""


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_TURNING = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""With the changes of direction that make a line read otherwise than it is."""
_ADDRESSES = re.compile(r"""<(?:a|img)(?=\s)(?:[^>"]|"[^"]*")*?\s(?:href|src)="([^"]*)\"""")
"""As our sanitiser writes them: between double quotes."""
_LEADS = re.compile(r"https?://|mailto:|tel:|#", re.IGNORECASE)
_SHOWN = 100
_ONE_LINE = frozenset({Kind.SUBJECT, Kind.TITLE})
_NAMES = {Kind.HTML: "e-mail", Kind.SMS: "text message"}


def problems(source: str, kind: Kind | str) -> list[str]:
    """What is wrong with any template, and what its kind does not allow; empty when it can be saved."""
    kind = Kind(kind)
    if found := (_TURNING if kind in _ONE_LINE else _CONTROL).search(source):
        where = f"Line {liquid.line_at(source, found.start())}"
        return [f"{where}: the control character U+{ord(found[0]):04X} cannot stand here; take it out."]
    if kind in _ONE_LINE and len(source.splitlines()) > 1:
        return [f"Line 2: a {kind} is one line; take the line break out."]
    if wrong := liquid.problems(source):
        return wrong
    try:
        most, least = (_fill(source, kind, values) for values in (SAMPLES, NOTHING_SAID))
    except TemplateError as error:
        return [str(error)]
    if not (most and least):
        unless = "" if not most else " for a lead that says nothing about itself"
        return [f"The {_NAMES.get(kind, kind)} is empty{unless}."]
    if kind is Kind.HTML:
        return _dead_links(source, most)
    return _too_long(most, least) if kind is Kind.SMS else []


def _fill(source: str, kind: Kind, values: Mapping[str, object]) -> str:
    """What is left of it once it is as it would be sent."""
    finish: Callable[[str], str] = {Kind.HTML: _shown, Kind.SUBJECT: one_line}.get(kind, str)
    return finish((fill_html if kind is Kind.HTML else fill_text)(source, values)).strip()


def _shown(html: str) -> str:
    """The HTML as it would be sent; blank when it shows neither words nor a picture."""
    body = sanitise(html)
    return body if "<img" in body or to_text(body).strip() else ""


def _dead_links(source: str, body: str) -> list[str]:
    """The first link or picture whose address is none on its own: an e-mail stands on no website."""
    for link in map(unescape, _ADDRESSES.findall(body)):
        if not _LEADS.match(link):
            where = f"Line {liquid.line_at(source, source.index(link))}: " if link in source else ""
            wrong = f"the link '{link[:_SHOWN]}' leads nowhere in an e-mail"
            return [f"{where}{wrong}; begin it with https://, mailto: or tel:."]
    return []


def _too_long(*filled: str) -> list[str]:
    parts = max(count(text + OPT_OUT_WORDS).segments for text in filled)
    if parts <= MOST_SEGMENTS:
        return []
    return [f"The text message has {parts} parts; at most {MOST_SEGMENTS} are sent."]
