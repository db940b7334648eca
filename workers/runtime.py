"""The process that runs jobs: RQ's worker without a fork a job, inside our app.

It outlives Redis: when the connection breaks it comes back within seconds, and what was rung
meanwhile is found by the sweep.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import redis
import structlog
from flask import Flask
from rq import Queue, SimpleWorker
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.kernel.observe import JOBS

log = structlog.get_logger(__name__)

PAUSE = 1.0
"""Seconds before the next try when Redis does not answer."""
AWAY = (OperationalError, InterfaceError, PoolTimeout)
"""PostgreSQL did not answer: the row is still due and the sweep finds it."""
TTL = 60
"""Seconds after which a worker that says nothing counts as dead."""


class Worker(SimpleWorker):
    """Runs each job in an app context of its own, and says in one line how it went."""

    max_connection_wait_time = 4.0
    flask: Flask

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        began = time.perf_counter()
        with self.flask.app_context(), structlog.contextvars.bound_contextvars(job_id=job.id):
            done = super().perform_job(job, queue, execution)
            name = str(job.func_name).removeprefix("workers.jobs.")
            JOBS.labels(name, "done" if done else "failed").inc()
            if done:
                log.info("job_done", job=name, seconds=round(time.perf_counter() - began, 3))
        return done

    def handle_exception(
        self, job: Job, *exc_info: type[BaseException] | BaseException | TracebackType | None
    ) -> None:
        if isinstance(exc_info[1], AWAY):
            log.warning("job_postponed", job=job.func_name, reason=str(exc_info[1]).splitlines()[0][:200])
        else:
            log.error("job_failed", job=job.func_name, exc_info=exc_info)

    @property
    def is_stopping(self) -> bool:
        return self._shutdown_requested_date is not None


def run(flask: Flask, queues: list[str]) -> None:
    """Work until a signal says stop; a job that is running is finished first."""
    while True:
        with _default_signals():
            worker = _start(flask, queues)
        if worker and worker.is_stopping:
            return
        log.warning("redis_away", again_in=PAUSE)
        time.sleep(PAUSE)


def _start(flask: Flask, queues: list[str]) -> Worker | None:
    """Work until the stop or until Redis is away; None when it was away from the start."""
    worker = None
    try:
        worker = Worker(
            queues,
            connection=_connect(flask.config["REDIS_URL"]),
            serializer=JSONSerializer,
            worker_ttl=TTL,
            log_job_description=False,
        )
        worker.flask = flask
        worker.log_result_lifespan = False
        worker.work(logging_level="CRITICAL")
    except (redis.RedisError, OSError) as error:
        log.warning("redis_lost", reason=str(error))
    return worker


def _connect(url: str) -> redis.Redis:
    """A connection of the worker's own: it may block for as long as the queue is empty."""
    keepalive = {} if url.startswith("unix:") else {"socket_keepalive": True}
    return redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=TTL, **keepalive)


@contextmanager
def _default_signals() -> Iterator[None]:
    """Afterwards, signals mean again what they meant before RQ took them."""
    before: dict[int, Any] = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
