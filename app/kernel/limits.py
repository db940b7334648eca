"""Request limits, counted in Redis; in memory, per process, while Redis is away."""

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from app.kernel import clock

limiter = Limiter(get_remote_address, default_limits=[], headers_enabled=False)


def install(app: Flask) -> None:
    settings = app.extensions["settings"]
    app.config.setdefault("RATELIMIT_ENABLED", settings.rate_limits)
    app.config.setdefault("RATELIMIT_STORAGE_URI", _storage(settings.redis_url))
    app.config.setdefault("RATELIMIT_STORAGE_OPTIONS", {"socket_connect_timeout": 1, "socket_timeout": 1})
    app.config.setdefault("RATELIMIT_IN_MEMORY_FALLBACK_ENABLED", True)
    app.config.setdefault("RATELIMIT_STRATEGY", "moving-window")
    limiter.init_app(app)
    app.after_request(_say_when)


def is_local() -> bool:
    """Does the request come from this machine itself, and from no proxy on it?"""
    return request.remote_addr in ("127.0.0.1", "::1") and "X-Forwarded-For" not in request.headers


def _say_when(response: Response) -> Response:
    """Who is refused is told when to come back; the library would tell everybody else, too."""
    if response.status_code != 429 or "Retry-After" in response.headers:
        return response
    if limit := limiter.current_limit:
        left = limit.reset_at - int(clock.now().timestamp())
        response.headers["Retry-After"] = str(min(max(1, left), limit.limit.get_expiry()))
    return response


def _storage(redis_url: str | None) -> str:
    """The storage's URL dialect: a socket is `redis+unix://` there."""
    if not redis_url:
        return "memory://"
    return redis_url.replace("unix://", "redis+unix://", 1)
