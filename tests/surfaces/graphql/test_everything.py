"""Every field that is declared can be read: no column misnamed, no expression that PostgreSQL refuses."""

import pytest
from graphql import GraphQLField, GraphQLObjectType, get_named_type

from app.graphql.schema import schema
from tests.surfaces.graphql.conftest import Caller, Desk

ROOTS = {
    "lead": "lead(id: $id)",
    "leads": "leads(first: 3)",
    "analytics": 'analytics(startDate: "2026-01-01", endDate: "2026-01-31")',
}
QUERY = schema.query_type
assert QUERY is not None


def selection(named: GraphQLObjectType, depth: int) -> str:
    """All fields of the type; those that are objects as long as `depth` lasts."""
    parts = []
    for name, field in named.fields.items():
        below = get_named_type(field.type)
        if not isinstance(below, GraphQLObjectType):
            parts.append(name)
        elif depth:
            parts.append(f"{name}{_page(field)} {{ {selection(below, depth - 1)} }}")
    return " ".join(["__typename", *parts])


def _page(field: GraphQLField) -> str:
    return "(first: 2)" if "first" in field.args else ""


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
@pytest.mark.parametrize("root", QUERY.fields)
def test_every_field_can_be_read(desk: Desk, ask: Caller, root: str, depth: int) -> None:
    lead = desk.lead(lead_source="referral", couple_name_bride="Ada", wedding_date="2030-06-01")
    assert QUERY is not None
    named = get_named_type(QUERY.fields[root].type)
    assert isinstance(named, GraphQLObjectType)
    declared = "query ($id: UUID!)" if root == "lead" else "query"
    found = ask(f"{declared} {{ {ROOTS.get(root, root)} {{ {selection(named, depth)} }} }}", id=str(lead))
    assert found[root]["__typename"] == named.name
