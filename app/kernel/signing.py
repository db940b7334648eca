"""Signed, expiring tokens, one purpose each: a token made for one thing opens nothing else."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
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


SEAL = 12
"""Bytes of a seal: short, as it stands in every link of a message, and 2⁹⁶ guesses are enough."""


def seal(purpose: str, value: bytes, *, size: int = SEAL) -> bytes:
    """`value` and behind it `size` bytes of its HMAC-SHA-256, for tokens that are short and never expire."""
    key = str(current_app.secret_key or "").encode()
    return value + hmac.digest(key, f"wedsync.{purpose}:".encode() + value, "sha256")[:size]


def unseal(purpose: str, sealed: bytes, *, size: int = SEAL) -> bytes:
    """The value that was sealed for this purpose; InvalidInput when it was not."""
    value = sealed[:-size]
    if not hmac.compare_digest(seal(purpose, value, size=size), sealed):
        raise InvalidInput.of("token", "forged", "This link is not one of ours.")
    return value


def to_token(sealed: bytes) -> str:
    """The bytes as they stand in an address (base64url without padding, RFC 4648 §5)."""
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def from_token(token: str) -> bytes:
    """The bytes of such a token; InvalidInput when it cannot be one."""
    try:
        return urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except ValueError:
        raise InvalidInput.of("token", "forged", "This link is not one of ours.") from None
