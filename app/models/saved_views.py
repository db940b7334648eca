"""Saved views of the lead list."""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Created, TenantRow, belongs_to_supplier, within_supplier
from app.models.choices import Presentation


class SavedView(TenantRow, Created, Base):
    """A named filter of the lead list; shared when it has no owner."""

    __tablename__ = "saved_views"
    __table_args__ = (
        belongs_to_supplier(),
        within_supplier("user_id", "memberships", ondelete="CASCADE"),
        Index(None, "supplier_id", "user_id"),
    )

    user_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(String(100))
    filters: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    presentation: Mapped[Presentation | None]
    """None is however the list is shown already."""
