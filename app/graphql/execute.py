"""Run one GraphQL request and write its answer."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard
from uuid import UUID

import orjson
from graphql import GraphQLError, GraphQLSchema
from graphql.execution.types import ExecutionResult
from graphql.language import OperationType

from app.graphql.context import Context
from app.graphql.documents import Document, Documents
from app.graphql.errors import formatted
from app.graphql.read import ReadExecutor, Ready
from app.kernel.errors import AppError, NotAuthenticated, NotPermitted, Unavailable

_STATUS = {kind.code: kind.status for kind in (NotAuthenticated, NotPermitted, Unavailable)}


@dataclass(frozen=True)
class Operation:
    """What a client sends, by either method."""

    query: str
    variables: dict[str, Any]
    name: str | None = None
    reads_only: bool = False


class MethodNotAllowed(AppError):
    """A mutation by GET."""

    status, code, title = 405, "METHOD_NOT_ALLOWED", "Not possible here"


@dataclass(frozen=True)
class Answer:
    """The body, and the status it has as `application/graphql-response+json`.

    As `application/json` it has the status 200, unless it says that we are unavailable.
    """

    body: bytes
    status: int
    unavailable: bool = False


class Runner:
    """Runs requests on one schema; it keeps documents, never data."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.documents = Documents(schema)

    def ready(self, operation: Operation) -> tuple[Ready, dict[str, UUID]] | None:
        """What stands ready to answer a program's request, and the ids in it."""
        document = self.documents.kept(operation.query)
        if document is None or document.standing is None:
            return None
        return document.standing.find(operation.name, operation.variables)

    def run(self, operation: Operation, context: Context) -> Answer:
        """The answer; MethodNotAllowed for a mutation where only reads may run."""
        try:
            document = self.documents.get(operation.query, operation.variables)
        except GraphQLError as error:
            return refusal([error])
        if document.errors:
            return refusal(document.errors)
        self._check_method(operation, document)
        return self._execute(operation, document, context)

    def _execute(self, operation: Operation, document: Document, context: Context) -> Answer:
        executor = ReadExecutor.build(
            self.schema,
            document.ast,
            context_value=context,
            raw_variable_values=operation.variables,
            operation_name=operation.name,
            max_coercion_errors=20,
            is_awaitable=_never,
            plans=document.plans,
        )
        if isinstance(executor, list):
            return refusal(executor)
        assert isinstance(executor, ReadExecutor), "it builds its own class"
        result = executor.execute_operation()
        assert isinstance(result, ExecutionResult), "nothing here is asynchronous"
        if document.standing and executor.stands and not result.errors:
            document.standing.learn(self.schema, context, operation.variables)
        return _answer(result)

    def _check_method(self, operation: Operation, document: Document) -> None:
        chosen = document.operation(operation.name)
        if operation.reads_only and chosen and chosen.operation is not OperationType.QUERY:
            raise MethodNotAllowed("A GET may only read; send mutations by POST.")


def refusal(errors: Sequence[GraphQLError]) -> Answer:
    """The answer to a request that did not run: errors, and no data."""
    told = [formatted(error) for error in errors]
    return Answer(orjson.dumps({"errors": told}), max(_status(error, 400) for error in told))


def _answer(result: ExecutionResult) -> Answer:
    if not result.errors:
        return Answer(orjson.dumps({"data": result.data}), 200)
    told = [formatted(error) for error in result.errors]
    statuses = {_status(error, 200) for error in told}
    if Unavailable.status in statuses and not any(
        value is not None for value in (result.data or {}).values()
    ):
        return Answer(orjson.dumps({"errors": told}), Unavailable.status, unavailable=True)
    return Answer(orjson.dumps({"errors": told, "data": result.data}), 200)


def _status(error: dict[str, Any], otherwise: int) -> int:
    return _STATUS.get(error["extensions"]["code"], otherwise)


def _never(_value: Any) -> TypeGuard[Awaitable[Any]]:
    """Nothing here is asynchronous, so nothing need be asked."""
    return False
