"""Addresses we may not write to, by keyed hash and channel; they outlive the lead."""

import hmac
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.models.choices import Channel, SuppressionReason
from app.models.messaging import Suppression

BY_WEIGHT = (
    SuppressionReason.UNSUBSCRIBED,
    SuppressionReason.MANUAL,
    SuppressionReason.HARD_BOUNCE,
    SuppressionReason.COMPLAINT,
    SuppressionReason.ERASED,
)
"""The reasons; a later one stops more and takes the place of an earlier one."""


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
    """Put the address on the list; False when it is there already for this reason or one that weighs more."""
    statement = insert(Suppression).values(
        supplier_id=supplier_id,
        channel=channel,
        address_hash=address_hash(supplier_id, address),
        reason=reason,
    )
    lighter = Suppression.reason.in_(BY_WEIGHT[: BY_WEIGHT.index(reason)])
    kept = statement.on_conflict_do_update(
        index_elements=[Suppression.supplier_id, Suppression.channel, Suppression.address_hash],
        set_={"reason": reason},
        where=lighter,
    )
    return session.scalar(kept.returning(Suppression.id)) is not None


def lift(
    session: Session, supplier_id: UUID, channel: Channel, address: str, reason: SuppressionReason
) -> bool:
    """Take the address off the list if it is there for this reason; False when it is not."""
    its = (Suppression.channel == channel, Suppression.address_hash == address_hash(supplier_id, address))
    gone = delete(Suppression).where(*its, Suppression.reason == reason).returning(Suppression.id)
    return session.scalar(gone) is not None
