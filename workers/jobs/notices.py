"""E-mails to members."""

from uuid import UUID

from app.workflows.tell_member import tell_member


def tell(supplier_id: str, notice_id: str) -> None:
    tell_member(UUID(supplier_id), UUID(notice_id))
