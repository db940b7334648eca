"""Addresses that stand in messages: signed, so that they name a message and nobody can make one up."""

from base64 import b32decode, b32encode, urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from flask import current_app

from app.kernel.errors import InvalidInput
from app.kernel.signing import from_token, seal, sign, to_token, unseal, verify

_PURPOSE = "unsubscribe"
_LIFETIME = 10 * 366 * 86400
"""Seconds: an opt-out must work for as long as anybody keeps the e-mail."""
_OPENED, _CLICKED, _PREFERENCES, _REPLY = "opened", "clicked", "preferences", "reply"
_REPLY_SEAL = 8
"""Bytes, so that the token is 39 characters: in lower case and without signs, as mail servers keep it."""
Named = tuple[UUID, UUID]
"""(supplier, message)."""


def unsubscribe_url(supplier_id: UUID, message_id: UUID) -> str:
    value = urlsafe_b64encode(supplier_id.bytes + message_id.bytes).decode().rstrip("=")
    return f"{_base()}/unsubscribe/{sign(_PURPOSE, value)}"


def read_unsubscribe(token: str) -> Named:
    """(supplier, message) that the token was made for. InvalidInput when it is not one of ours."""
    value, _age = verify(_PURPOSE, token, max_age=_LIFETIME)
    raw = urlsafe_b64decode(value + "=")
    return UUID(bytes=raw[:16]), UUID(bytes=raw[16:])


def preferences_url(supplier_id: UUID, message_id: UUID) -> str:
    """Where who got the message chooses what they want to get."""
    return f"{_base()}/preferences/{_token(_PREFERENCES, supplier_id.bytes + message_id.bytes)}"


def read_preferences(token: str) -> Named:
    return _named(_read(_PREFERENCES, token, 32))


def pixel_url(supplier_id: UUID, message_id: UUID) -> str:
    """The picture of one pixel whose loading says that the message is open."""
    return f"{_base()}/o/{_token(_OPENED, supplier_id.bytes + message_id.bytes)}.gif"


def read_pixel(token: str) -> Named:
    return _named(_read(_OPENED, token, 32))


def click_url(supplier_id: UUID, message_id: UUID, number: int) -> str:
    """Leads on to the link of that number (0 to 65535) in `messages.links`."""
    raw = supplier_id.bytes + message_id.bytes + number.to_bytes(2)
    return f"{_base()}/l/{_token(_CLICKED, raw)}"


def read_click(token: str) -> tuple[UUID, UUID, int]:
    """(supplier, message, number of the link)."""
    raw = _read(_CLICKED, token, 34)
    return *_named(raw), int.from_bytes(raw[32:])


def reply_address(message_id: UUID) -> str | None:
    """Where answers to the message and reports about it go: the mailbox that we read, `name+token@domain`
    (RFC 5233); None when we read none."""
    ours = current_app.extensions["settings"].replies_to
    if ours is None:
        return None
    name, _, domain = ours.rpartition("@")
    sealed = seal(_REPLY, message_id.bytes, size=_REPLY_SEAL)
    return f"{name}+{b32encode(sealed).decode().rstrip('=').lower()}@{domain}"


def read_reply_address(address: str) -> UUID | None:
    """The message that such an address names; None for any other address."""
    token = address.rpartition("@")[0].rpartition("+")[2]
    try:
        sealed = b32decode(token.upper().encode("ascii") + b"=" * (-len(token) % 8))
        return UUID(bytes=unseal(_REPLY, sealed, size=_REPLY_SEAL))
    except (ValueError, InvalidInput):
        return None


def ways_out() -> tuple[str, str]:
    """How the addresses begin by which a couple stops messages: never counted as clicks."""
    return f"{_base()}/unsubscribe/", f"{_base()}/preferences/"


def _base() -> str:
    base: str = current_app.extensions["settings"].base_url
    return base


def _token(purpose: str, value: bytes) -> str:
    return to_token(seal(purpose, value))


def _read(purpose: str, token: str, length: int) -> bytes:
    value = unseal(purpose, from_token(token))
    if len(value) != length:
        raise InvalidInput.of("token", "forged", "This link is not one of ours.")
    return value


def _named(raw: bytes) -> Named:
    return UUID(bytes=raw[:16]), UUID(bytes=raw[16:32])
