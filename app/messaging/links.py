"""Addresses that stand in messages: signed, so that they name a message and nobody can make one up."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from flask import current_app

from app.kernel.signing import sign, verify

_PURPOSE = "unsubscribe"
_LIFETIME = 10 * 366 * 86400
"""Seconds: an opt-out must work for as long as anybody keeps the e-mail."""


def unsubscribe_url(supplier_id: UUID, message_id: UUID) -> str:
    base: str = current_app.extensions["settings"].base_url
    value = urlsafe_b64encode(supplier_id.bytes + message_id.bytes).decode().rstrip("=")
    return f"{base}/unsubscribe/{sign(_PURPOSE, value)}"


def read_unsubscribe(token: str) -> tuple[UUID, UUID]:
    """(supplier, message) that the token was made for. InvalidInput when it is not one of ours."""
    value, _age = verify(_PURPOSE, token, max_age=_LIFETIME)
    raw = urlsafe_b64decode(value + "=")
    return UUID(bytes=raw[:16]), UUID(bytes=raw[16:])
