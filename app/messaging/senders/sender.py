"""Whom a supplier's e-mails are from, and their signature (DKIM, RFC 6376)."""

from dataclasses import dataclass
from typing import cast

import dkim
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.messaging.senders.keys import unlock
from app.models.accounts import Supplier
from app.models.messaging import SenderDomain

_SIGNED = (
    "from", "to", "subject", "date", "message-id", "reply-to", "mime-version", "content-type",
    "list-unsubscribe", "list-unsubscribe-post", "auto-submitted",
)  # fmt: skip
"""Those of opt-out among them, as RFC 8058 §4 wants."""


@dataclass(frozen=True)
class Sender:
    """An address, and the keys of its domain when that is the supplier's own."""

    address: str
    selector: str | None = None
    private_key: bytes | None = None

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    def sign(self, content: bytes) -> bytes:
        """The e-mail with its signature in front, if there are keys."""
        if self.selector is None or self.private_key is None:
            return content
        return _signature(self, unlock(self.private_key), content) + content


def sender_of(session: Session, supplier: Supplier, mail_from: str) -> Sender:
    """The supplier's own address while its domain is verified, else the operator's."""
    if supplier.sender_address is None:
        return Sender(mail_from)
    domain = supplier.sender_address.rpartition("@")[2]
    verified = (SenderDomain.domain == domain, SenderDomain.verified_at.is_not(None))
    row = session.scalar(select(SenderDomain).where(*verified))
    return Sender(supplier.sender_address, row.selector, row.private_key) if row else Sender(mail_from)


def _signature(sender: Sender, key: bytes, content: bytes) -> bytes:
    present = {line.partition(b":")[0].lower() for line in content.partition(b"\r\n\r\n")[0].split(b"\r\n")}
    made = dkim.sign(
        content,
        (sender.selector or "").encode(),
        sender.domain.encode(),
        key,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[name.encode() for name in _SIGNED if name.encode() in present],
    )
    return cast(bytes, made)
