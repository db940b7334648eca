"""Keys that stand in public places (form addresses, API keys) and name their supplier themselves.

`<base64url of supplier id and random bytes>`: the supplier is read from the key, row level security
is set to it, and the look-up for the key happens among its rows. A made-up key finds nothing.
"""

import secrets
from base64 import b64decode, urlsafe_b64encode
from uuid import UUID

from app.kernel.errors import NotFound


def make(supplier_id: UUID, *, random_bytes: int = 8) -> str:
    """A fresh key for that supplier, URL-safe, 32 characters with the default 8 random bytes."""
    return urlsafe_b64encode(supplier_id.bytes + secrets.token_bytes(random_bytes)).decode().rstrip("=")


def supplier_of(key: str, *, random_bytes: int = 8) -> UUID:
    """The supplier the key names; NotFound when the text is not such a key."""
    try:
        raw = b64decode(key.encode("ascii") + b"=" * (-len(key) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise NotFound("form") from None
    if len(raw) != 16 + random_bytes:
        raise NotFound("form")
    return UUID(bytes=raw[:16])
