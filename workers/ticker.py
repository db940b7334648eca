"""Every few seconds, a sweep. Nothing that matters is held between two: one may stop, another go on."""

import signal
from datetime import datetime
from threading import Event
from types import FrameType

import redis
import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.kernel import clock
from app.workflows.sweep import sweep

log = structlog.get_logger(__name__)


def run(flask: Flask, seconds: float) -> None:
    """Sweep at once and then every `seconds`, until a signal says stop."""
    stop = Event()

    def _stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    log.info("ticker_started", every=seconds)
    while not stop.is_set():
        tick(flask, clock.now())
        stop.wait(seconds)


def tick(flask: Flask, now: datetime) -> dict[str, int]:
    """One sweep; when PostgreSQL or Redis is away, one line in the log and nothing else."""
    with flask.app_context():
        try:
            rung = sweep(now)
        except (SQLAlchemyError, redis.RedisError, OSError) as error:
            log.warning("sweep_failed", reason=str(error).splitlines()[0][:200], error=type(error).__name__)
            return {}
    if any(rung.values()):
        log.info("swept", **{kind: count for kind, count in rung.items() if count})
    return rung
