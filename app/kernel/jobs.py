"""Jobs leave after commit, and only as a doorbell: the row that is due is the queue.

`ring(job, *ids)` notes a job in the running unit of work. Once that committed, it goes to RQ as
names and ids in JSON. When Redis is away the bell is lost, which is logged and harmless: the
ticker finds the due row (at most `Settings.ticker_seconds` later).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import redis
import structlog
from flask import current_app
from rq import Queue
from rq.serializers import JSONSerializer

log = structlog.get_logger(__name__)

_bells: ContextVar[list["Bell"] | None] = ContextVar("bells", default=None)


@dataclass(frozen=True)
class Bell:
    """A job to run soon: the worker function's dotted path, its queue and its ids."""

    job: str
    queue: str
    ids: tuple[str, ...]

    @property
    def job_id(self) -> str:
        """The same ids make the same job: of bells that wait together the first is answered, the others
        find it gone. One rung while its job runs may be lost with it; then the sweep finds the row."""
        return "-".join((self.job.rpartition(".")[2], *self.ids))


@lru_cache(maxsize=4)
def connect(url: str) -> redis.Redis:
    """A client that gives up quickly: nobody waits for a doorbell."""
    return redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=5, health_check_interval=30)


def queue(name: str, url: str) -> Queue:
    return Queue(name, connection=connect(url), serializer=JSONSerializer)


def collecting() -> bool:
    """Is a unit of work running here?"""
    return _bells.get() is not None


@contextmanager
def collect() -> Iterator[list[Bell]]:
    """Gather what is rung inside the block; for the unit of work alone."""
    bells: list[Bell] = []
    token = _bells.set(bells)
    try:
        yield bells
    finally:
        _bells.reset(token)


def ring(job: str, *ids: UUID | str, queue: str = "default") -> None:
    """Note `job` (dotted path of a function under `workers.jobs`) to leave after commit."""
    bells = _bells.get()
    if bells is None:
        raise RuntimeError("a job is rung inside a unit of work")
    bell = Bell(job, queue, tuple(str(i) for i in ids))
    if bell not in bells:
        bells.append(bell)


def send(bells: list[Bell]) -> None:
    """Hand the bells to RQ; log and go on when Redis does not answer."""
    try:
        for bell in bells:
            queue(bell.queue, current_app.config["REDIS_URL"]).enqueue_call(
                bell.job, args=bell.ids, job_id=bell.job_id, result_ttl=0, failure_ttl=86400, timeout=300
            )
    except (redis.RedisError, OSError) as error:
        log.warning("doorbell_lost", jobs=len(bells), reason=str(error))
