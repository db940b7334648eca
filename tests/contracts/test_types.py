"""What GraphQL promises of a column is what the column holds: nullability and kind."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_list_type, is_non_null_type
from sqlalchemy import ARRAY, Boolean, Date, DateTime, Enum, Integer, Numeric, String, Time, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from app.graphql.read.fields import READ
from app.graphql.read.selection import BACKREF, origin_of
from app.graphql.schema import schema

ROWS = [
    named
    for named in schema.type_map.values()
    if isinstance(named, GraphQLObjectType)
    and BACKREF in named.extensions
    and getattr(origin_of(named), "__model__", None)
]
SCALARS = {
    Boolean: {"Boolean"},
    Date: {"Date"},
    DateTime: {"DateTime"},
    Integer: {"Int"},
    JSONB: {"JSON"},
    Numeric: {"Decimal", "Float"},
    String: {"String", "LeadStatus"},  # a status of the history is text in the table
    Time: {"Time"},
    Uuid: {"UUID"},
}


def columns(named: GraphQLObjectType) -> Iterator[tuple[str, GraphQLField]]:
    """The fields that are columns, under the names of the columns."""
    for field in named.fields.values():
        declared = field.extensions[BACKREF]
        if READ not in declared.metadata:
            yield declared.python_name, field


def kinds(column: TypeEngine[Any]) -> set[str]:
    """The GraphQL types that may tell a column of that type."""
    if isinstance(column, Enum) and column.enum_class:
        return {column.enum_class.__name__}
    return next(names for kind, names in SCALARS.items() if isinstance(column, kind))


@pytest.mark.parametrize("named", ROWS, ids=str)
def test_every_plain_field_is_a_column_of_that_kind(named: GraphQLObjectType) -> None:
    table = origin_of(named).__model__.__table__
    for name, field in columns(named):
        column = table.c[name]
        assert is_non_null_type(field.type) is not column.nullable, f"{named}.{name}"
        held = column.type.item_type if isinstance(column.type, ARRAY) else column.type
        bare = field.type.of_type if is_non_null_type(field.type) else field.type
        assert is_list_type(bare) is isinstance(column.type, ARRAY), f"{named}.{name}"
        assert get_named_type(field.type).name in kinds(held), f"{named}.{name}"


BY_NATURE = {"SenderDomain.records"}
"""Three, one of each kind."""


def test_every_list_is_bounded() -> None:
    for named in ROWS:
        for name, field in named.fields.items():
            if f"{named}.{name}" in BY_NATURE:
                continue
            if field.extensions[BACKREF].base_resolver and is_list_type(getattr(field.type, "of_type", None)):
                assert "first" in field.args, f"{named}.{name}"
