"""Merges of two leads that are one couple."""

from typing import Literal
from uuid import UUID

from app.kernel.schema import Schema
from app.rest.shapes.base import Shape
from app.rest.shapes.leads import Lead


class MergeRequest(Schema):
    """The lead that becomes a duplicate."""

    loser_id: UUID


class MergeResponse(Shape):
    """The two leads as they are now, and how many rows moved between them, by table."""

    success: Literal[True] = True
    merge_id: UUID
    winner: Lead
    loser: Lead
    moved: dict[str, int]
    message: str
