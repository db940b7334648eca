"""Whom a supplier's e-mails are from, and their signature (DKIM, RFC 6376)."""

from dataclasses import dataclass
from typing import cast

import dkim
import structlog
from cryptography.fernet import InvalidToken
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.messaging.senders.keys import unlock
from app.models.accounts import Supplier
from app.models.messaging import SenderDomain

log = structlog.get_logger(__name__)

_SIGNED = (
    "from", "to", "subject", "date", "message-id", "reply-to", "mime-version", "content-type",
    "list-unsubscribe", "list-unsubscribe-post", "auto-submitted",
)  # fmt: skip
"""Those of opt-out among them, as RFC 8058 §4 wants."""


@dataclass(frozen=True)
class Sender:
    """An address, where bounces go, and the key of its domain (PEM) when that is the supplier's own."""

    address: str
    bounces_to: str
    selector: str = ""
    key: bytes | None = None

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    def sign(self, content: bytes) -> bytes:
        """The e-mail with its signature in front, if there is a key."""
        return _signature(self, self.key, content) + content if self.key else content


def sender_of(session: Session, supplier: Supplier, mail_from: str) -> Sender:
    """The supplier's own address while its domain is verified, else the operator's."""
    operators = Sender(mail_from, mail_from)
    if supplier.sender_address is None:
        return operators
    domain = supplier.sender_address.rpartition("@")[2]
    verified = (SenderDomain.domain == domain, SenderDomain.verified_at.is_not(None))
    row = session.scalar(select(SenderDomain).where(*verified))
    if row is None:
        return operators
    try:
        return Sender(supplier.sender_address, mail_from, row.selector, unlock(row.private_key))
    except InvalidToken:
        log.error("sender_key_unreadable", supplier_id=str(supplier.id), domain=domain)
        return operators


def _signature(sender: Sender, key: bytes, content: bytes) -> bytes:
    present = {line.partition(b":")[0].lower() for line in content.partition(b"\r\n\r\n")[0].split(b"\r\n")}
    made = dkim.sign(
        content,
        sender.selector.encode(),
        sender.domain.encode(),
        key,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[name.encode() for name in _SIGNED if name.encode() in present],
    )
    return cast(bytes, made)
