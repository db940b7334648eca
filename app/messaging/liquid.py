"""Templates that customers write: Liquid with limits on size, loops and output, and our tokens alone."""

from collections.abc import Mapping
from functools import lru_cache

from liquid import BoundTemplate, Environment, StrictUndefined
from liquid.exceptions import LiquidError

from app.messaging.tokens import REFUSED, TOKENS

LONGEST = 100_000
"""Characters of a template."""
_NOT_OURS = ("include", "render"), ("safe", "date")
"""No files to include; nothing unescaped; no clock but ours."""


class TemplateError(ValueError):
    """The template cannot be used; the message says where and why."""


class _Limited(Environment):
    block_nesting_limit = 10
    context_depth_limit = 10
    loop_iteration_limit = 1_000
    local_namespace_limit = 200_000
    output_stream_limit = 400_000


def _environment(*, autoescape: bool) -> Environment:
    made = _Limited(undefined=StrictUndefined, autoescape=autoescape)
    tags, filters = _NOT_OURS
    for name in tags:
        del made.tags[name]
    for name in filters:
        del made.filters[name]
    return made


_HTML, _TEXT = _environment(autoescape=True), _environment(autoescape=False)


def fill_html(source: str, values: Mapping[str, object]) -> str:
    """The template with its tokens filled in, each escaped for HTML. TemplateError."""
    return _fill(_parse(source, html=True), values)


def fill_text(source: str, values: Mapping[str, object]) -> str:
    """The template with its tokens filled in as they are. TemplateError."""
    return _fill(_parse(source, html=False), values)


def problems(source: str) -> list[str]:
    """What keeps the template from being published, a sentence each: syntax, limits, unknown tokens."""
    try:
        template = _parse(source, html=True)
        unknown = [name for name in template.global_variables() if name not in TOKENS]
        if not unknown:
            _fill(template, {name: token.fallback or name for name, token in TOKENS.items()})
    except TemplateError as error:
        return [str(error)]
    return [_complaint(name) for name in unknown]


def _complaint(name: str) -> str:
    if name in REFUSED:
        return f"'{name}' {REFUSED[name]}."
    return f"'{name}' is not a token; these are: {', '.join(TOKENS)}."


@lru_cache(maxsize=256)
def _parse(source: str, *, html: bool) -> BoundTemplate:
    if len(source) > LONGEST:
        raise TemplateError(f"The template has {len(source)} characters; at most {LONGEST} are allowed.")
    try:
        return (_HTML if html else _TEXT).from_string(source)
    except LiquidError as error:
        raise TemplateError(_place(error)) from None


def _fill(template: BoundTemplate, values: Mapping[str, object]) -> str:
    try:
        return template.render(**values)
    except (LiquidError, ArithmeticError, ValueError, TypeError) as error:
        raise TemplateError(_place(error)) from None


def _place(error: Exception) -> str:
    """The problem in one line, with its line number when it has one."""
    what = str(error).partition("\n")[0]
    context = error.context() if isinstance(error, LiquidError) else None
    return f"Line {context[0]}: {what}" if context else what
