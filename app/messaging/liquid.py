"""Templates that customers write: the part of Liquid that is allowed, and our tokens alone."""

import re
from bisect import bisect
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache

from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError

from app.messaging.sandbox import LONGEST, Limited, environment, scan
from app.messaging.tokens import NOTHING_SAID, REFUSED, SAMPLES, TOKENS

_HTML, _TEXT = environment(autoescape=True), environment(autoescape=False)
_ENDS = re.compile(r"[%}]\}")
_UNCLOSED = re.compile(r"expected tag (\w+), found end of expression")
_REMEMBERED = 20_000
"""Characters of the longest template that is kept parsed."""


class TemplateError(ValueError):
    """The template cannot be used; the message says where and why."""


def fill_html(source: str, values: Mapping[str, object]) -> str:
    """The template with its tokens filled in, each escaped for HTML. TemplateError."""
    return _fill(_parse(source, _HTML), values)


def fill_text(source: str, values: Mapping[str, object]) -> str:
    """The template with its tokens filled in as they are. TemplateError."""
    return _fill(_parse(source, _TEXT), values)


def problems(source: str) -> list[str]:
    """What keeps any template from being used, a sentence each with its line: syntax, limits, unknown tokens.

    It is tried on a lead that says everything and on one that says nothing.
    """
    try:
        if unknown := [(line, name) for name, line in tokens_of(source).items() if name not in TOKENS]:
            return [f"Line {line}: {_complaint(name)}" for line, name in sorted(unknown)]
        for values in (SAMPLES, NOTHING_SAID):
            fill_text(source, values)
    except TemplateError as error:
        return [str(error)]
    return []


def _complaint(name: str) -> str:
    if name in REFUSED:
        return f"'{name}' {REFUSED[name]}."
    meant = get_close_matches(name, TOKENS, n=1)
    which = f"did you mean '{meant[0]}'?" if meant else f"these are: {', '.join(TOKENS)}."
    return f"'{name}' is not a token; {which}"


def tokens_of(source: str) -> dict[str, int]:
    """The words it takes from outside, each with the line where it first does. TemplateError."""
    try:
        found = _parse(source, _TEXT).analyze().globals
    except (LiquidError, RecursionError) as error:
        raise TemplateError(_place(error)) from None
    first = {name: min(use.span.index for use in uses) for name, uses in found.items()}
    return {name: line_at(source, index) for name, index in first.items()}


def line_at(source: str, index: int) -> int:
    """The number of the line with that character, from 1."""
    return source.count("\n", 0, index) + 1


def _parse(source: str, of: Environment) -> BoundTemplate:
    if len(source) > LONGEST:
        raise TemplateError(f"The template has {len(source)} characters; at most {LONGEST} are allowed.")
    return _parse_kept(source, of is _HTML) if len(source) <= _REMEMBERED else _parse_now(source, of is _HTML)


def _parse_now(source: str, html: bool) -> BoundTemplate:
    if wrong := scan(source):
        raise TemplateError(f"Line {line_at(source, wrong[0])}: {wrong[1]}")
    try:
        template = (_HTML if html else _TEXT).from_string(source)
    except (LiquidError, RecursionError) as error:
        raise TemplateError(_placed(source, _place(error))) from None
    assert isinstance(template, Limited)
    template.source_length = len(source)
    return template


_parse_kept = lru_cache(maxsize=256)(_parse_now)


def _placed(source: str, what: str) -> str:
    """With the line that Liquid does not give where an expression breaks off: that of the shortest beginning
    of the template that has the problem too."""
    if what.startswith("Line ") or len(source) > _REMEMBERED:
        return what
    if missing := _UNCLOSED.fullmatch(what):
        return f"Line {line_at(source, len(source.rstrip()))}: the template ends without {missing[1]}"
    ends = [found.end() for found in _ENDS.finditer(source)]
    at = bisect(ends, False, key=lambda end: _says(source[:end], what))
    return f"Line {line_at(source, ends[at] - 1)}: {what}" if at < len(ends) else what


def _says(source: str, what: str) -> bool:
    try:
        _TEXT.from_string(source)
    except LiquidError as error:
        return _place(error) == what
    return False


def _fill(template: BoundTemplate, values: Mapping[str, object]) -> str:
    try:
        return template.render(**values)
    except (LiquidError, ArithmeticError, ValueError, TypeError, RecursionError) as error:
        raise TemplateError(_place(error)) from None


def _place(error: Exception) -> str:
    """The problem in one line, with its line number when it has one."""
    if isinstance(error.__cause__ or error, RecursionError):
        return "The template is nested too deeply."
    what = str(error).partition("\n")[0]
    context = error.context() if isinstance(error, LiquidError) else None
    return f"Line {context[0]}: {what}" if context else what
