"""The one mapping of errors to GraphQL: top-level errors with a code, or a mutation's own `errors`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from graphql import GraphQLError
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.pydantic import InputValidationError
from strawberry.utils.str_converters import to_camel_case

from app.kernel.errors import AppError, FieldError, InvalidInput, Unavailable
from app.kernel.observe import request_id

log = structlog.get_logger(__name__)

BAD_INPUT = InvalidInput.code
_AWAY = (OperationalError, InterfaceError, PoolTimeout)
RETRY_AFTER = 5


def known(error: BaseException | None) -> AppError | None:
    """The error of our tree that this is, or stands for; None for a surprise."""
    if isinstance(error, AppError):
        return error
    if isinstance(error, _AWAY):
        log.error("database_away", reason=str(error).splitlines()[0])
        return Unavailable("The database does not answer; try again.", retry_after=RETRY_AFTER)
    if isinstance(error, InputValidationError):
        return InvalidInput(str(error), fields=_fields(error))
    if isinstance(error, StrawberryInputCoercionError):
        return InvalidInput(str(error))
    if isinstance(error, DataError):
        log.warning("value_refused", reason=str(error.orig).splitlines()[0])
        return InvalidInput("A value is not one that the database can take.")
    return None


def formatted(error: GraphQLError) -> dict[str, Any]:
    """The error as the response has it; a surprise is logged and told as a request id."""
    origin = _origin(error)
    cause = known(origin)
    answer: dict[str, Any] = {"message": cause.message if cause else error.message}
    if error.locations:
        answer["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        answer["path"] = list(error.path)
    if cause:
        answer["extensions"] = extensions(cause)
    elif origin is None:
        answer["extensions"] = {"code": BAD_INPUT, **(error.extensions or {})}
    else:
        log.error("unhandled", exc_info=origin, path=error.path)
        answer["message"] = AppError.title
        answer["extensions"] = {"code": AppError.code, "requestId": request_id()}
    return answer


def extensions(error: AppError) -> dict[str, Any]:
    """What a program reads of an error."""
    found: dict[str, Any] = {"code": error.code}
    if error.fields:
        found["fields"] = [
            {"field": path(f.field), "code": f.code, "message": f.message} for f in error.fields
        ]
    return found | {to_camel_case(name): value for name, value in error.details.items()}


def path(field: str) -> str:
    """A field's dotted path as GraphQL names it."""
    return ".".join(to_camel_case(part) for part in field.split("."))


@contextmanager
def within(argument: str) -> Iterator[None]:
    """What is wrong with an input is told as a part of this argument."""
    try:
        yield
    except InvalidInput as error:
        named = {f.field: f"{argument}.{f.field}" if f.field else argument for f in error.fields}
        raise error.under(named) from None


def _origin(error: GraphQLError) -> Exception | None:
    """What was raised where it began; None when GraphQL itself refused."""
    origin = error.original_error
    while isinstance(origin, GraphQLError) and not isinstance(origin, InputValidationError):
        origin = origin.original_error
    return origin


def _fields(error: InputValidationError) -> list[FieldError]:
    """Each problem, under the argument's name when it concerns the whole input."""
    return [FieldError(".".join(e.location[1:]), e.type, e.message) for e in error.errors]
