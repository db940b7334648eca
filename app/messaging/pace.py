"""How fast messages may leave: rates of the provider and of each supplier, and a rest for one that stalls.

Redis counts, as it is what brings workers their jobs: without it nothing runs, and when it is emptied the
worst is one more window's worth. When it does not answer, the message goes.
"""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

import redis
import structlog
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from app.kernel import jobs
from app.settings import Settings

log = structlog.get_logger(__name__)

SLOW = 5.0
"""Seconds that a provider's answer may take before the supplier's other messages have to wait."""
REST = 60
"""Seconds for which they wait: its stalled calls then hold a worker for a third of the time at most."""
AWAY = (redis.RedisError, StorageError, OSError)


_PATIENCE = {"socket_connect_timeout": 1, "socket_timeout": 5}
"""Seconds."""


@cache
def _limiter(redis_url: str) -> SlidingWindowCounterRateLimiter:
    return SlidingWindowCounterRateLimiter(
        storage_from_string(_scheme(redis_url), wrap_exceptions=True, **_PATIENCE)
    )


def _scheme(url: str) -> str:
    """The storage's own word for a socket."""
    return url.replace("unix://", "redis+unix://", 1)


@cache
def _rate(written: str) -> RateLimitItem | None:
    return parse(written) if written else None


@dataclass(frozen=True)
class Pace:
    """One supplier's messages of one channel."""

    settings: Settings
    redis_url: str
    supplier_id: UUID
    channel: str

    def is_resting(self) -> bool:
        """Did a call for this supplier stall a moment ago?"""
        try:
            return bool(jobs.connect(self.redis_url).exists(self._key))
        except AWAY:
            return False

    def took(self, seconds: float) -> bool:
        """Tell how long a call took; True: the supplier's others rest now."""
        if seconds < SLOW:
            return False
        log.warning(
            "provider_stalls", supplier_id=str(self.supplier_id), channel=self.channel, seconds=seconds
        )
        try:
            jobs.connect(self.redis_url).set(self._key, 1, ex=REST)
        except AWAY as error:
            log.warning("pace_unknown", reason=str(error))
        return True

    def take(self) -> bool:
        """May one more leave now? It then counts as one that did."""
        limiter = _limiter(self.redis_url)
        rates = ((self._mine, (self.channel, str(self.supplier_id))), (self._all, (self.channel, "all")))
        try:
            free = all(rate is None or limiter.test(rate, *name) for rate, name in rates)
            return free and all(rate is None or limiter.hit(rate, *name) for rate, name in rates)
        except AWAY as error:
            log.warning("pace_unknown", reason=str(error))
            return True

    @property
    def _key(self) -> str:
        return f"stalls:{self.channel}:{self.supplier_id}"

    @property
    def _mine(self) -> RateLimitItem | None:
        return _rate(self.settings.supplier_sms_rate if self._is_sms else self.settings.supplier_mail_rate)

    @property
    def _all(self) -> RateLimitItem | None:
        return _rate(self.settings.sms_rate if self._is_sms else self.settings.mail_rate)

    @property
    def _is_sms(self) -> bool:
        return self.channel == "sms"
