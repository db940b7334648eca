"""Documents made from the schema, right and wrong: every one is answered, and none by a fault of ours."""

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings, strategies
from schemathesis.checks import not_a_server_error
from schemathesis.graphql import nodes

from app.kernel.errors import AppError
from tests.architecture.callers import ALL_SCOPES, Callers
from tests.cast import House

AMOUNTS = strategies.decimals(allow_nan=False, allow_infinity=False).map(str)
schemathesis.graphql.scalar("Decimal", AMOUNTS.map(nodes.String))
SEEDED = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=15,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
def test_every_root_field_answers(app: Flask, house: House) -> None:
    headers = {
        "Authorization": f"Bearer {Callers(app, house).key(*ALL_SCOPES)}",
        "Accept-Encoding": "identity",
    }
    schema = schemathesis.graphql.from_wsgi("/graphql", app, headers=headers)
    found = [one.ok() for one in schema.get_all_operations()]
    assert {operation.label for operation in found} >= {"Query.leads", "Mutation.createLead"}
    for operation in found:
        _answers(operation.as_strategy(), headers)


def _answers(cases: Any, headers: dict[str, str]) -> None:
    @SEEDED
    @given(case=cases)
    def answers(case: Any) -> None:
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=[not_a_server_error])
        codes = [error["extensions"]["code"] for error in answer.json().get("errors", [])]
        assert AppError.code not in codes, answer.text

    answers()
