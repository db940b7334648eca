"""Errors as RFC 9457 problems: `application/problem+json`, the same shape for every status."""

from typing import Any

from flask import Response, current_app, json
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, TooManyRequests

from app.kernel import clock
from app.kernel.errors import AppError, NotAuthenticated, RateLimited, TooLarge
from app.kernel.limits import limiter
from app.kernel.observe import request_id


def problem(error: Exception) -> Response:
    """The problem document of `error`, with its fields, its details and the request's id."""
    error = _ours(error)
    if isinstance(error, HTTPException):
        code = error.name.upper().replace(" ", "_")
        return _respond(error.code or 500, {"title": error.name, "detail": error.description, "code": code})
    if not isinstance(error, AppError):
        detail = "It is our fault and has been noted; try again, and quote the request_id if it stays."
        return _respond(500, {"title": AppError.title, "detail": detail, "code": AppError.code})
    body: dict[str, Any] = {"title": error.title, "detail": error.message, "code": error.code}
    if error.fields:
        body["errors"] = [{"field": f.field, "code": f.code, "message": f.message} for f in error.fields]
    body |= {key: value for key, value in error.details.items() if key != "retry_after"}
    response = _respond(error.status, body)
    if isinstance(error, NotAuthenticated):
        response.headers["WWW-Authenticate"] = "Bearer"
    if "retry_after" in error.details:
        response.headers["Retry-After"] = str(error.details["retry_after"])
    return response


def _ours(error: Exception) -> Exception:
    """Flask's refusals as ours, which name the bound."""
    if isinstance(error, RequestEntityTooLarge):
        most = current_app.extensions["settings"].max_body // 1024
        return TooLarge(f"The body may have {most} kB at most.")
    if isinstance(error, TooManyRequests):
        wait = _seconds_to_wait()
        return RateLimited(f"At most {error.description}; try again in {wait} seconds.", retry_after=wait)
    return error


def _seconds_to_wait() -> int:
    """Until the limit that was hit opens again."""
    hit = limiter.current_limit
    if hit is None:
        return 1
    return min(hit.limit.get_expiry(), max(1, hit.reset_at - int(clock.now().timestamp())))


def _respond(status: int, body: dict[str, Any]) -> Response:
    whole = {"type": "about:blank", "status": status, **body, "request_id": request_id()}
    return Response(json.dumps(whole), status=status, content_type="application/problem+json")
