"""What became of many leads at once."""

from uuid import UUID

from app.rest.shapes.base import Shape


class BulkResult(Shape):
    """What became of one lead; when nothing did, why not."""

    lead_id: UUID
    success: bool
    code: str | None
    field: str | None
    message: str | None


class BulkUpdateResponse(Shape):
    """A result per lead, in the order asked. `success` says that none was refused."""

    success: bool
    succeeded: int
    failed: int
    results: list[BulkResult]
