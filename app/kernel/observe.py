"""Logs, request ids and metrics: what an operator reads.

Every log line of a request carries its id; the id is in the `X-Request-ID` header of the answer and
on every error page, so that a person's report finds its log.
"""

import logging
import re
import sys
import time
from functools import cache
from typing import Any

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram
from uuid_utils import uuid7

REQUESTS = Counter("wedsync_requests_total", "Requests answered", ["method", "endpoint", "status"])
SECONDS = Histogram("wedsync_request_seconds", "Time to answer, in seconds", ["endpoint"])
JOBS = Counter("wedsync_jobs_total", "Jobs run", ["job", "outcome"])

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""What is counted by name. A client may make up any other, and each would be a series that stays."""

_GIVEN_ID = re.compile(r"[A-Za-z0-9_\-]{8,64}")


def configure_logs(log_format: str, level: str) -> None:
    """Structured logs on standard error: JSON lines, or readable ones for a console."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _name_request,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if log_format == "json" else _keep,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    for chatty in ("alembic", "httpx", "asyncio"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLogger().level))


def _name_request(_logger: Any, _method: str, event: Any) -> Any:
    """The request's id, put in when something is logged: most requests log nothing."""
    if g and "request_id" in g:
        event.setdefault("request_id", g.request_id)
    return event


def _keep(_logger: Any, _method: str, event: Any) -> Any:
    return event


def request_id() -> str:
    """The id of the running request; empty outside one."""
    return str(g.get("request_id", "")) if g else ""


def install(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)


def new_request_id(given: str) -> str:
    """The client's own, if it can be one."""
    return given if _GIVEN_ID.fullmatch(given) else uuid7().hex


def count(method: str, endpoint: str, status: int, began_at: float) -> None:
    """An answer, for the metrics; it began at that `time.perf_counter()`."""
    counted, timed = _series(method, endpoint, status)
    counted.inc()
    timed.observe(time.perf_counter() - began_at)


def _begin() -> None:
    g.request_id = new_request_id(request.headers.get("X-Request-ID", ""))
    g.began_at = time.perf_counter()


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = request_id()
    method = request.method if request.method in METHODS else "other"
    began_at = g.get("began_at", time.perf_counter())
    count(method, request.endpoint or "unmatched", response.status_code, began_at)
    return response


@cache
def _series(method: str, endpoint: str, status: int) -> tuple[Counter, Histogram]:
    """What counts and times such answers. They are few: methods, endpoints and statuses are ours."""
    return REQUESTS.labels(method, endpoint, status), SECONDS.labels(endpoint)
