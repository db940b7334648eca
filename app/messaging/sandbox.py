"""The part of Liquid that templates may use, with limits that they cannot get around.

What a template costs is bounded by its own text, whatever the lead says: few tags, filters whose price is
known, so many turns of all its loops together (fewer, the longer it is), so many characters handled by all
its filters together, so many names. All of it is counted, not timed, so a template that was saved renders on
a busy day too: the worst one found takes about a second.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from liquid import BoundTemplate, Environment, RenderContext, StrictUndefined
from liquid.exceptions import LiquidError

LONGEST = 100_000
"""Characters of a template."""
MOST_TURNS = 1_000
"""Turns of all loops of a template together; fewer when it is long, see `TURNED`."""
TURNED = 2_000_000
"""A template's length times its turns."""
HANDLED = 5_000_000
"""Characters that all filters of a template read and write."""
LONGEST_VALUE = 200_000
"""Characters of a value."""
MOST_NAMES = 50
"""Names that a template may give."""
LONGEST_MARKUP = 1_000
"""Characters between two braces and their end."""
_CALL = 20
"""What a call of a filter costs besides, in characters."""
_LARGEST_NUMBER = 10**15

# fmt: off
_TAGS = frozenset((
    "assign", "break", "capture", "case", "comment", "continue", "echo", "for", "if", "unless", "#",
    "content", "illegal", "output",
))
_FILTERS = frozenset((
    "abs", "append", "at_least", "at_most", "capitalize", "ceil", "default", "divided_by",
    "downcase", "escape", "first", "floor", "join", "last", "lstrip", "minus", "modulo",
    "newline_to_br", "plus", "prepend", "remove", "remove_first", "replace", "replace_first",
    "round", "rstrip", "size", "slice", "split", "strip", "strip_newlines", "times", "truncate",
    "truncatewords", "upcase", "url_encode",
))
# fmt: on
_BEGINS = re.compile(r"\{\{|\{%")
_SLOW = re.compile(r"\s{50}")
_MOST_BRACKETS = 4
_UNREAD = re.compile(r"-?\s*(raw|doc)\b")


class TooMuch(LiquidError):
    """The template does more than a template may."""

    def __init__(self, what: str) -> None:
        super().__init__(what, token=None)


class _Context(RenderContext):
    """Counts what one rendering costs."""

    def __init__(self, template: BoundTemplate, **given: Any) -> None:
        super().__init__(template, **given)
        length = template.source_length if isinstance(template, Limited) else LONGEST
        self.turns_left = min(MOST_TURNS, TURNED // max(length, 1))
        self.work_left = HANDLED

    def raise_for_loop_limit(self, length: int = 1) -> None:
        self.turns_left -= length
        if self.turns_left < 0:
            raise TooMuch(
                f"its loops have too many turns; {MOST_TURNS} are allowed, fewer in a long template"
            )

    def assign(self, key: str, val: Any) -> None:
        self.locals[key] = val
        if len(self.locals) > MOST_NAMES:
            raise TooMuch(f"it gives more than {MOST_NAMES} names")
        if sum(map(_size, self.locals.values())) > LONGEST_VALUE:
            raise TooMuch(f"what it gives names to has more than {LONGEST_VALUE} characters")

    def filter(self, name: str, token: Any = None) -> Callable[..., object]:
        return partial(self._call, name, super().filter(name, token))

    def _call(self, name: str, function: Callable[..., object], *given: object, **named: object) -> object:
        values = (*given, *named.values())
        self._charge(_CALL + sum(map(_size, values)) + _growth(name, *given))
        result = function(*given, **named)
        self._charge(_size(result))
        if _size(result) > LONGEST_VALUE:
            raise TooMuch(f"'{name}' makes more than {LONGEST_VALUE} characters")
        return result

    def _charge(self, characters: int) -> None:
        self.work_left -= characters
        if self.work_left < 0:
            raise TooMuch("its filters have too much to do")


class Limited(BoundTemplate):
    """A template that is rendered with its costs counted."""

    context_class = _Context
    source_length = LONGEST


class _Limited(Environment):
    template_class = Limited
    block_nesting_limit = 10
    context_depth_limit = 20
    output_stream_limit = 400_000


def environment(*, autoescape: bool) -> Environment:
    """Liquid with what is allowed alone: no files, nothing unescaped, no clock but ours."""
    made = _Limited(undefined=StrictUndefined, autoescape=autoescape)
    for known, allowed in ((made.tags, _TAGS), (made.filters, _FILTERS)):
        for name in set(known) - allowed:
            del known[name]
    return made


def scan(source: str) -> tuple[int, str] | None:
    """Where markup goes wrong before it is read, (index, what), or None. Liquid's own reader takes quadratic
    time over braces without end."""
    at = 0
    while begin := _BEGINS.search(source, at):
        closing = "}}" if begin[0] == "{{" else "%}"
        end = source.find(closing, begin.end(), begin.end() + LONGEST_MARKUP)
        inside = source[begin.end() : end]
        if end < 0 or _BEGINS.search(inside):
            return begin.start(), f"{begin[0]} has no {closing} within {LONGEST_MARKUP} characters"
        if not inside.strip("- \r\n\t"):
            return begin.start(), f"between {begin[0]} and {closing} there is nothing"
        if _SLOW.search(inside) or inside.count("[") > _MOST_BRACKETS:
            return begin.start(), "too many spaces in a row, or too many brackets"
        if unread := _UNREAD.match(inside) if begin[0] == "{%" else None:
            return begin.start(), f"unexpected tag '{unread[1]}'"
        at = end + 2
    return None


def _size(value: object) -> int:
    """Characters; TooMuch for a number or a range beyond what a message could say."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list | tuple):
        return sum(_CALL + _size(each) for each in value)
    if isinstance(value, range) and value.stop - value.start > MOST_TURNS:
        raise TooMuch(f"a range has more than {MOST_TURNS} numbers")
    if isinstance(value, int | float) and not abs(value) <= _LARGEST_NUMBER:  # what is no number neither
        raise TooMuch("a number is too large")
    return _CALL


def _growth(name: str, left: object = "", *given: object) -> int:
    """What the filters that multiply would write, before they do."""
    if name == "join" and isinstance(left, list | tuple | range):
        return len(left) * len(str(given[0])) if given else 0
    if name == "replace" and len(given) == 2:
        return str(left).count(str(given[0])) * len(str(given[1]))
    return 0
