"""What every mutation answers: success or, beside it, the errors of its input."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

import strawberry
from graphql import GraphQLObjectType, get_named_type

from app.graphql.declare import value
from app.graphql.errors import known, path
from app.graphql.read import Rows
from app.graphql.read.selection import origin_of
from app.kernel.db import Base, TenantRow
from app.kernel.errors import AppError, Unavailable


@value
class UserError:
    """Why a mutation changed nothing."""

    field: str | None = strawberry.field(
        description="The dotted path in the input; null for the whole of it."
    )
    code: str
    message: str
    existing_id: UUID | None = strawberry.field(default=None, description="Of the record that is in the way.")


@value
class Payload:
    success: bool
    message: str | None = None
    errors: list[UserError] = strawberry.field(default_factory=list)


def row_of(model: type[TenantRow], row_id: UUID) -> Rows:
    """The row that a mutation wrote, as a read after its commit finds it."""
    return Rows(cast(type[Base], model), (model.id == row_id,), standing=True)


def answer_errors(mutation: GraphQLObjectType) -> None:
    """Let every mutation answer errors of our tree in its payload. Unavailable stays a top-level error."""
    for field in mutation.fields.values():
        payload = origin_of(cast(GraphQLObjectType, get_named_type(field.type)))
        assert issubclass(payload, Payload), "a mutation answers a payload"
        assert field.resolve is not None, "a mutation has a resolver"
        field.resolve = _answering(field.resolve, payload)


def _answering(resolve: Callable[..., Any], payload: type[Payload]) -> Callable[..., Any]:
    @wraps(resolve)
    def answer(*args: Any, **kwargs: Any) -> Any:
        try:
            return resolve(*args, **kwargs)
        except Exception as error:
            cause = known(error)
            if cause is None or isinstance(cause, Unavailable):
                raise
            return payload(success=False, message=cause.message, errors=_told(cause))

    return answer


def _told(error: AppError) -> list[UserError]:
    if error.fields:
        return [UserError(field=path(f.field) or None, code=f.code, message=f.message) for f in error.fields]
    existing = error.details.get("existing_id")
    return [
        UserError(
            field=None,
            code=error.code,
            message=error.message,
            existing_id=UUID(existing) if existing else None,
        )
    ]
