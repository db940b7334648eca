"""What every shape of an answer has in common, and how numbers are told."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from app.kernel.numbered import Place
from app.kernel.paging import MOST
from app.kernel.schema import Schema


class Shape(BaseModel):
    """An answer, or a part of one: every field is there, null where nothing is known."""

    model_config = ConfigDict(
        from_attributes=True, frozen=True, json_schema_serialization_defaults_required=True
    )


_number = PlainSerializer(float, return_type=float, when_used="unless-none")
Money = Annotated[Decimal, _number, Field(description="In the supplier's currency, to the cent.")]
"""A JSON number, as the specification has it: 12 digits with 2 decimals are exact in a double."""
Number = Annotated[Decimal, _number]
Rate = Annotated[Decimal, _number, Field(description="From 0 to 1.")]
JsonObject = dict[str, Any]


class PageQuery(Schema):
    """Which page of a list."""

    page: Annotated[int, Field(ge=1, le=100_000)] = 1
    limit: Annotated[int, Field(ge=1, le=MOST)] = 25

    @property
    def place(self) -> Place:
        return Place(self.page, self.limit)


class Pagination(Shape):
    """Where this page stands among all."""

    total: int
    page: int
    limit: int
    totalPages: int


def pagination(total: int, place: Place) -> Pagination:
    return Pagination(total=total, page=place.page, limit=place.limit, totalPages=-(-total // place.limit))
