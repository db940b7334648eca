"""The app factory: composition only. What each part does is in the part."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

import app.models  # noqa: F401 - fills the metadata
from app.kernel import observe
from app.kernel.db import APP_ROLE, SWEEPER_ROLE, db, engine_options, normalise_url, reading_options
from app.settings import ROOT, Settings


class App(Flask):
    """Nothing here is asynchronous, so Flask need not ask each hook of each request whether it is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(settings: Settings, *, serves: bool = True) -> Flask:
    """The WSGI app for these settings, whose `database_url` and `redis_url` are set (see `app.boot`).

    Unless it `serves`, no page and no API is loaded: so a worker starts in half the time, and is smaller.
    """
    observe.configure_logs(settings.log_format, settings.log_level)
    flask = App(__name__)
    flask.config.from_mapping(_flask_config(settings))
    flask.extensions["settings"] = settings
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        flask.wsgi_app = ProxyFix(flask.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    db.init_app(flask)
    Migrate(flask, db, directory=str(ROOT / "migrations"))
    if serves:
        from app import surfaces  # noqa: PLC0415 - else workers would load it, too

        surfaces.install(flask)
    return flask


def _flask_config(settings: Settings) -> dict[str, object]:
    url = normalise_url(settings.database_url or "")
    pool, timeout = settings.database_pool, settings.statement_timeout
    app_role = engine_options(APP_ROLE, pool=pool, statement_timeout=timeout)
    sweeper = engine_options(SWEEPER_ROLE, pool=1, statement_timeout=timeout)
    reads = reading_options(app_role, "wedsync_reads")
    standing = reading_options(app_role, "wedsync_standing", "plan_cache_mode=force_generic_plan")
    return {
        "SECRET_KEY": settings.signing_key(),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "MAX_CONTENT_LENGTH": settings.max_body,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.https,
        "SQLALCHEMY_DATABASE_URI": url,
        "SQLALCHEMY_ENGINE_OPTIONS": app_role,
        "SQLALCHEMY_BINDS": {
            "reads": reads | {"url": url},
            "standing": standing | {"url": url},
            "sweeper": sweeper | {"url": url},
        },
    }
