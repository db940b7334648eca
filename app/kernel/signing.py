"""Signed, expiring tokens, one purpose each: a token made for one thing opens nothing else."""

from typing import Any

from flask import current_app
from itsdangerous import BadSignature, SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from app.kernel import clock
from app.kernel.errors import InvalidInput


class _ClockSigner(TimestampSigner):
    """Reads our clock, so that a test can let a token grow old."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    key = current_app.secret_key or ""
    return URLSafeTimedSerializer(key, salt=f"wedsync.{purpose}", signer=_ClockSigner)


def sign(purpose: str, value: Any) -> str:
    """A URL-safe token that carries `value` (JSON) and the time it was made."""
    return _serializer(purpose).dumps(value)


def verify(purpose: str, token: str, *, max_age: int) -> tuple[Any, float]:
    """The value and the token's age in seconds; InvalidInput when forged, foreign or older than `max_age`."""
    try:
        value, made_at = _serializer(purpose).loads(token, max_age=max_age, return_timestamp=True)
    except SignatureExpired:
        raise InvalidInput.of(
            "token", "expired", "This link or form has expired; load the page again."
        ) from None
    except BadSignature:
        raise InvalidInput.of("token", "forged", "This link or form is not one of ours.") from None
    return value, (clock.now() - made_at).total_seconds()
