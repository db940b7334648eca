"""How the OpenAPI document tells each error: its meaning and an example of its problem."""

from http import HTTPStatus
from typing import Any

TOLD = {
    400: ("BAD_REQUEST", "The body is not JSON."),
    401: ("NOT_AUTHENTICATED", "The key is missing, unknown, expired or revoked."),
    403: ("NOT_PERMITTED", "The role or the key's scopes do not allow this."),
    404: ("NOT_FOUND", "No such record, or another supplier's: the two answers are the same."),
    409: ("CONFLICT", "The present state refuses it; `code` says why, such as DUPLICATE with `existing_id`."),
    412: ("OUTDATED", "It was changed since the ETag in If-Match, or the revision, was read."),
    413: ("PAYLOAD_TOO_LARGE", "The body is too large."),
    415: ("UNSUPPORTED_MEDIA_TYPE", "The body is not announced as application/json."),
    422: ("BAD_USER_INPUT", "An input is not valid; `errors` names each field and its bound."),
    429: ("RATE_LIMITED", "Too many requests; come back after Retry-After."),
    500: ("INTERNAL_SERVER_ERROR", "It is our fault; `request_id` finds it in the logs."),
    503: ("UNAVAILABLE", "A part we need is away; send it again after Retry-After."),
}
UNCHANGED = 304
WAITING = frozenset({429, 503})


def name(status: int) -> str:
    """What the response of this status is called among the components."""
    return f"Error{status}" if status in TOLD else "NotModified"


def responses() -> dict[str, Any]:
    """Every error as a problem, and 304, which is none."""
    unchanged = {"description": "The lead is still the one that you have."}
    return {name(status): _problem(status) for status in TOLD} | {name(UNCHANGED): unchanged}


def _problem(status: int) -> dict[str, Any]:
    code, meaning = TOLD[status]
    shown: dict[str, Any] = {
        "type": "about:blank",
        "status": status,
        "title": HTTPStatus(status).phrase,
        "detail": meaning,
        "code": code,
        "request_id": "019a0c4e7d1b7c3a9f523b8e6a1d2c40",
    }
    if status == 422:
        shown["errors"] = [{"field": "estimated_budget", "code": "greater_than_equal", "message": meaning}]
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": shown}
    told: dict[str, Any] = {"description": meaning, "content": {"application/problem+json": content}}
    if status in WAITING:
        told["headers"] = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
    return told
