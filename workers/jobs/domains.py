"""The domains that suppliers send from."""

from uuid import UUID

from app.messaging.senders.nightly import look_by_night


def look(supplier_id: str, domain_id: str) -> None:
    look_by_night(UUID(supplier_id), UUID(domain_id))
