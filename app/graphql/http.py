"""Requests and media types of GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/)."""

from functools import lru_cache
from typing import Any

import orjson
from flask import Request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_accept_header

from app.graphql.execute import Operation
from app.kernel.errors import AppError, InvalidInput, TooLarge

JSON, GRAPHQL = "application/json", "application/graphql-response+json"
MOST_BYTES = 256 * 1024
MOST_DEPTH = 30
_PARAMETERS = frozenset({"query", "variables", "operationName", "extensions"})


class Malformed(InvalidInput):
    """The request is no GraphQL request."""

    status = 400


class UnsupportedMediaType(AppError):
    status, code, title = 415, "UNSUPPORTED_MEDIA_TYPE", "Unsupported media type"


class NotAcceptable(AppError):
    status, code, title = 406, "NOT_ACCEPTABLE", "Not acceptable"


def media_type(request: Request) -> str:
    """Of the two that we speak, the one the client prefers; NotAcceptable when it takes neither."""
    return preferred(request.headers.get("Accept", ""))


@lru_cache(maxsize=64)
def preferred(header: str) -> str:
    """The same, of the `Accept` header."""
    accepts = parse_accept_header(header, MIMEAccept)
    if not accepts:
        return JSON
    named = any(value.lower().partition(";")[0].strip() == GRAPHQL for value, _ in accepts)
    new, old = accepts.quality(GRAPHQL), accepts.quality(JSON)
    if named and new > 0 and new >= old:
        return GRAPHQL
    if old > 0:
        return JSON
    if new > 0:
        return GRAPHQL
    raise NotAcceptable(f"This address answers {JSON} and {GRAPHQL}.")


def read_post(request: Request) -> Operation:
    """The operation in a JSON body of at most 256 kB."""
    if request.headers.get("Content-Type") != JSON:
        _check_kind(request)
    return read_body(_body(request))


def read_body(body: bytes) -> Operation:
    """The operation in JSON."""
    return _operation(_parse(body, "The body"))


def read_get(request: Request) -> Operation:
    """The operation in the parameters of the address; `variables` and `extensions` are JSON there."""
    if len(request.query_string) > MOST_BYTES:
        raise TooLarge(f"The address is larger than {MOST_BYTES:,} bytes.")
    given: dict[str, Any] = {name: value for name, value in request.args.items() if name in _PARAMETERS}
    for name in ("variables", "extensions"):
        if name in given:
            given[name] = _parse(given[name].encode(), f"'{name}'")
    return _operation(given, reads_only=True)


def _check_kind(request: Request) -> None:
    if request.mimetype != JSON:
        raise UnsupportedMediaType(f"Send the operation as {JSON}.")
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("Send the operation in UTF-8.")


def _body(request: Request) -> bytes:
    if (request.content_length or 0) > MOST_BYTES:
        raise TooLarge(f"The body is larger than {MOST_BYTES:,} bytes.")
    request.max_content_length = MOST_BYTES
    try:
        return request.get_data()
    except RequestEntityTooLarge:
        raise TooLarge(f"The body is larger than {MOST_BYTES:,} bytes.") from None


def _parse(text: bytes, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Malformed.of("", "malformed", f"{what} is not JSON: {error}.") from None


def _operation(given: Any, *, reads_only: bool = False) -> Operation:
    if not isinstance(given, dict):
        raise Malformed.of(
            "", "malformed", "The request is a JSON object with a 'query'; batches are not taken."
        )
    query = _take(given, "query", str, "text")
    if not query:
        raise Malformed.of("query", "missing", "'query' is missing.")
    variables = _take(given, "variables", dict, "an object") or {}
    _check(variables)
    _take(given, "extensions", dict, "an object")
    return Operation(query, variables, _take(given, "operationName", str, "text"), reads_only)


def _take(given: dict[str, Any], name: str, kind: type, called: str) -> Any:
    value = given.get(name)
    if value is not None and not isinstance(value, kind):
        raise Malformed.of(name, "wrong_type", f"'{name}' must be {called}.")
    return value


def _check(variables: dict[str, Any]) -> None:
    """Malformed for text with NUL, which PostgreSQL cannot keep, and for values too deep to walk."""
    waiting: list[tuple[Any, int]] = [(variables, 0)]
    while waiting:
        found, depth = waiting.pop()
        if isinstance(found, str) and "\x00" in found:
            raise Malformed.of("variables", "nul", "Text must not contain the NUL character.")
        if depth > MOST_DEPTH:
            raise Malformed.of("variables", "too_deep", f"Variables go at most {MOST_DEPTH} levels deep.")
        if isinstance(found, dict):
            waiting.extend((item, depth + 1) for pair in found.items() for item in pair)
        elif isinstance(found, list):
            waiting.extend((item, depth + 1) for item in found)
