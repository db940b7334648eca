"""What goes wrong inside is told by a request id; what PostgreSQL refuses, or cannot answer, as such."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
import strawberry
from flask import Flask
from graphql import GraphQLError
from sqlalchemy import Engine, create_engine, func, literal, select
from sqlalchemy.pool import NullPool

from app.graphql.context import Context
from app.graphql.errors import formatted
from app.graphql.execute import Answer, Operation, Runner
from app.graphql.read import Rows, expression, record
from app.kernel.db import db
from app.kernel.errors import Conflict, InvalidInput, NotFound, RateLimited
from tests.surfaces.graphql.conftest import Desk

Run = Callable[..., tuple[Answer, Any]]


@record
class Broken:
    """Reads that PostgreSQL refuses, each for another reason."""

    division: int = expression(lambda _: select(literal(1) / func.length("")).scalar_subquery())
    nothing: int = expression(lambda _: func.no_such_function())


@strawberry.type
class Query:
    @strawberry.field
    def surprise(self) -> int:
        raise KeyError("a secret of ours")

    @strawberry.field
    def conflict(self) -> int | None:
        raise Conflict("It is taken.", existing_id="7")

    @strawberry.field(graphql_type=Broken | None)
    def broken(self) -> Rows:
        return Rows()


@pytest.fixture
def run(app: Flask, desk: Desk) -> Iterator[Run]:
    runner = Runner(strawberry.Schema(Query)._schema)

    def answer(query: str, engine: Engine | None = None) -> tuple[Answer, Any]:
        context = Context(desk.house.owner.actor, engine or db.engines["reads"])
        found = runner.run(Operation(query, {}), context)
        return found, orjson.loads(found.body)

    with app.test_request_context():
        app.preprocess_request()
        yield answer


def test_a_surprise_is_told_by_its_request_id_alone(run: Run) -> None:
    answer, body = run("{ surprise }")
    [error] = body["errors"]
    assert answer.status == 200
    assert body["data"] is None
    assert error["message"] == "Something went wrong"
    assert error["extensions"].keys() == {"code", "requestId"}
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert error["extensions"]["requestId"]
    assert b"secret" not in answer.body


def test_an_error_of_ours_keeps_its_words_and_details(run: Run) -> None:
    answer, body = run("{ conflict }")
    assert answer.status == 200
    assert body["data"] == {"conflict": None}
    [error] = body["errors"]
    assert (error["message"], error["path"]) == ("It is taken.", ["conflict"])
    assert error["extensions"] == {"code": "CONFLICT", "existingId": "7"}


def test_a_value_that_postgresql_cannot_take_is_the_clients_mistake(run: Run) -> None:
    _, body = run("{ broken { division } }")
    assert body["data"] == {"broken": None}
    assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_statement_of_ours_that_is_wrong_is_our_mistake(run: Run) -> None:
    answer, body = run("{ broken { nothing } }")
    assert body["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert b"no_such_function" not in answer.body


def test_a_database_that_is_away_is_unavailable(run: Run) -> None:
    nobody = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing", poolclass=NullPool)
    answer, body = run("{ broken { __typename } }", nobody)
    assert (answer.status, answer.unavailable) == (503, True)
    assert "data" not in body
    assert body["errors"][0]["extensions"] == {"code": "UNAVAILABLE", "retryAfter": 5}


@pytest.mark.parametrize(
    ("error", "extensions"),
    [
        (NotFound("lead"), {"code": "NOT_FOUND"}),
        (RateLimited("Slowly.", retry_after=9), {"code": "RATE_LIMITED", "retryAfter": 9}),
        (
            InvalidInput.of("wedding_date.year", "too_far", "No."),
            {
                "code": "BAD_USER_INPUT",
                "fields": [{"field": "weddingDate.year", "code": "too_far", "message": "No."}],
            },
        ),
    ],
)
def test_the_error_tree_has_one_mapping(app: Flask, error: Exception, extensions: dict[str, object]) -> None:
    with app.test_request_context():
        assert formatted(GraphQLError("x", original_error=error))["extensions"] == extensions
