"""Three addresses for operators: is it alive, is it ready, how is it doing."""

import hmac
import os

import redis
from flask import Blueprint, Flask, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client import multiprocess as several
from prometheus_client.registry import REGISTRY
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.boot import migration_problem
from app.kernel import jobs
from app.kernel.db import db
from app.kernel.errors import NotPermitted
from app.kernel.limits import is_local

blueprint = Blueprint("health", __name__)

_BACKLOG = {
    "wedsync_due_steps": "select count(*) from (select from lead_nurture_enrollments where status = 'active'"
    " and next_execution_at <= now() limit 100000) due",
    "wedsync_due_messages": "select count(*) from (select from messages where state = 'due'"
    " and due_at <= now() limit 100000) due",
    "wedsync_waiting_inquiries": "select count(*) from (select from inquiries where state = 'received'"
    " limit 100000) waiting",
}


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Can it work? 503 when PostgreSQL is away or behind; Redis away is said, but no reason to stop."""
    checks = {"database": _database(), "redis": _redis()}
    ready = checks["database"] == "ok"
    return jsonify(status="ready" if ready else "not ready", checks=checks), 200 if ready else 503


def _database() -> str:
    try:
        return migration_problem(current_app) or "ok"
    except SQLAlchemyError as error:
        return f"does not answer: {type(error).__name__}"


def _redis() -> str:
    try:
        jobs.connect(current_app.config["REDIS_URL"]).ping()
    except (redis.RedisError, OSError) as error:
        return f"does not answer: {type(error).__name__}; jobs wait for the sweep"
    return "ok"


@blueprint.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Prometheus text; for this machine, or with the bearer token of `METRICS_TOKEN`."""
    _require_operator()
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        several.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry) + _backlog(), content_type=CONTENT_TYPE_LATEST)


def _require_operator() -> None:
    token = current_app.extensions["settings"].metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(token.get_secret_value().encode(), given.encode()):
        return
    if token or not is_local():
        raise NotPermitted("Metrics need the token of METRICS_TOKEN.")


def _backlog() -> bytes:
    """What is due right now, each counted up to 100,000; nothing when PostgreSQL is away."""
    lines = []
    try:
        with db.engines["sweeper"].connect() as connection:
            for name, query in _BACKLOG.items():
                count = connection.execute(text(query)).scalar_one()
                lines.append(f"# TYPE {name} gauge\n{name} {count}\n")
    except SQLAlchemyError:
        return b""
    return "".join(lines).encode()


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)
