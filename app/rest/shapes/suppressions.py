"""The list of addresses that are not written to."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from app.messaging.suppression_list import SuppressionFilters
from app.models.choices import Channel, SuppressionReason
from app.rest.shapes.base import PageQuery, Pagination, Shape


class Suppression(Shape):
    """An address that gets nothing on a channel. Only a hash of it is kept: it can be asked, not read."""

    id: UUID
    channel: Channel
    reason: SuppressionReason
    note: str | None
    created_at: datetime


class SuppressionsQuery(SuppressionFilters, PageQuery):
    """Which of them, and which page."""


class SuppressionsResponse(Shape):
    """A page of the list, the newest first."""

    suppressions: list[Suppression]
    pagination: Pagination


class SuppressionResponse(Shape):
    """The address's place on the list as it is now."""

    success: Literal[True] = True
    suppression: Suppression
    message: str


class LookUpResponse(Shape):
    """The address's place on the list; null when it is not there."""

    suppression: Suppression | None
