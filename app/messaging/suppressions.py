"""Addresses we may not write to, by keyed hash and channel; they outlive the lead."""

import hmac
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.models.choices import Channel, SuppressionReason
from app.models.messaging import Suppression


def address_hash(supplier_id: UUID, address: str) -> bytes:
    """HMAC-SHA-256 of the address in lower case, apart for every supplier."""
    key = str(current_app.secret_key or "").encode()
    return hmac.digest(key, f"suppression:{supplier_id}:{address.strip().lower()}".encode(), "sha256")


def reason_for(
    session: Session, supplier_id: UUID, channel: Channel, address: str
) -> SuppressionReason | None:
    """Why the address is on the list of this channel; None when it is not."""
    return session.scalar(
        select(Suppression.reason).where(
            Suppression.channel == channel, Suppression.address_hash == address_hash(supplier_id, address)
        )
    )


def suppress(
    session: Session, supplier_id: UUID, channel: Channel, address: str, reason: SuppressionReason
) -> bool:
    """Put the address on the list; False when it is there already (and stays for the reason it has)."""
    statement = insert(Suppression).values(
        supplier_id=supplier_id,
        channel=channel,
        address_hash=address_hash(supplier_id, address),
        reason=reason,
    )
    return session.scalar(statement.on_conflict_do_nothing().returning(Suppression.id)) is not None
