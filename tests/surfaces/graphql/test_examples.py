"""What GraphiQL begins with can be run as it stands, once an id is filled in."""

import json
from datetime import timedelta
from typing import Any

import pytest

from app.graphql.examples import A_LEAD, EXAMPLES, Example, tabs
from app.kernel import clock
from tests.surfaces.graphql.conftest import Caller, Desk


def errors_in(told: Any) -> list[Any]:
    """Every error that a payload tells, at any depth."""
    if isinstance(told, dict):
        return [*told.get("errors", []), *(error for value in told.values() for error in errors_in(value))]
    return [error for item in told for error in errors_in(item)] if isinstance(told, list) else []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.query.split("\n")[0].strip("# ."))
def test_an_example_runs(desk: Desk, ask: Caller, example: Example) -> None:
    wedding = (clock.now() + timedelta(days=200)).date()
    lead_id = str(desk.lead(couple_name_bride="June", wedding_date=wedding))
    variables = {name: lead_id for name, value in example.variables.items() if value == A_LEAD}
    found = ask(example.query, **variables)
    assert None not in found.values()
    assert errors_in(found) == []


def test_a_tab_has_its_variables_as_json_has_them() -> None:
    for tab, example in zip(tabs(), EXAMPLES, strict=True):
        assert json.loads(tab["variables"] or "{}") == example.variables
