"""Answers as JSON, and the lead's version as their entity tag (RFC 9110 §8.8.3, §13)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Response, request
from pydantic import BaseModel

from app.kernel.errors import Outdated
from app.leads.versions import UNSEEN, Seen

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def answer(shape: BaseModel, status: int = 200, *, version: datetime | None = None) -> Response:
    """The shape as JSON; with a `version`, tagged with it, and 304 for who has that one already."""
    response = Response(shape.model_dump_json(), status, content_type="application/json")
    if version is not None:
        response.set_etag(tag(version))
        response.headers["Cache-Control"] = "private, no-cache"  # keep it, but ask whether it still holds
        if request.method in ("GET", "HEAD"):
            response.make_conditional(request)
    return response


def nothing() -> Response:
    return Response(status=204)


def tag(version: datetime) -> str:
    """The version of a lead is when it last changed, to the microsecond."""
    return format((version - _EPOCH) // _MICROSECOND, "x")


def seen(current: Callable[[], datetime]) -> Seen:
    """The version that If-Match asks for, for the write to check under its lock; without it, any.

    Outdated when it is not the `current` one (which may be asked for, and say that there is none).
    """
    if "If-Match" not in request.headers or request.if_match.star_tag:
        return UNSEEN
    version = current()
    if not request.if_match.contains(tag(version)):
        raise Outdated("The lead was changed meanwhile. Read it again, then send your change once more.")
    return Seen(updated_at=version)
