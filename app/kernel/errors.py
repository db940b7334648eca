"""One error tree. Features raise these; each surface maps them in exactly one place.

The HTTP status and the machine-readable `code` belong to the class; `fields` says which input was
wrong, why, and what would be right.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

from pydantic import ValidationError


@dataclass(frozen=True)
class FieldError:
    """One wrong input: its dotted path (`""` for the whole), a stable code and a sentence."""

    field: str
    code: str
    message: str


class AppError(Exception):
    """The root: everything that is the caller's to hear about."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "INTERNAL_SERVER_ERROR"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, message: str, *, fields: Sequence[FieldError] = (), **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.fields = tuple(fields)
        self.details = details


class InvalidInput(AppError):
    """The input cannot be taken; `fields` names each problem and nothing was written."""

    status, code, title = 422, "BAD_USER_INPUT", "The input is not valid"

    @classmethod
    def of(cls, field: str, code: str, message: str) -> "InvalidInput":
        return cls(message, fields=[FieldError(field, code, message)])

    def under(self, names: Mapping[str, str]) -> "InvalidInput":
        """The same problems, under the names that this caller gave the fields."""
        fields = [replace(problem, field=names.get(problem.field, problem.field)) for problem in self.fields]
        return InvalidInput(self.message, fields=fields, **self.details)

    @classmethod
    def from_pydantic(cls, error: ValidationError) -> "InvalidInput":
        fields = [
            FieldError(".".join(str(p) for p in e["loc"]), e["type"], _said(e["type"], e["msg"]))
            for e in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        return cls(fields[0].message, fields=fields)


_DATE = re.compile(r"datetime\.date\((\d+), (\d+), (\d+)\)")


def _said(code: str, message: str) -> str:
    """The sentence, without the names of our classes; a date as it is written."""
    if code == "model_type":
        return "Input should be an object"
    return _DATE.sub(_written, message.removeprefix("Value error, "))


def _written(found: re.Match[str]) -> str:
    return date(*map(int, found.groups())).isoformat()


class NotFound(AppError):
    """No such thing, or another supplier's: the two answers are the same to the letter."""

    status, code, title = 404, "NOT_FOUND", "Not found"

    def __init__(self, thing: str = "record") -> None:
        super().__init__(f"No {thing} with this id.")


class Conflict(AppError):
    """The request is right but the present state refuses it; `details` may carry an existing id."""

    status, code, title = 409, "CONFLICT", "This does not fit the present state"


class Duplicate(Conflict):
    """A lead with this address exists; `details["existing_id"]` names it."""

    code = "DUPLICATE"


class Outdated(Conflict):
    """Somebody changed it since the caller read it (RFC 9110 §13.1.1); nothing was written."""

    status, code, title = 412, "OUTDATED", "It was changed meanwhile"


class NotAuthenticated(AppError):
    """Nobody is signed in, or the key is unknown, expired or revoked."""

    status, code, title = 401, "NOT_AUTHENTICATED", "Sign in first"

    def __init__(self, message: str = "Sign in, or send a valid API key.") -> None:
        super().__init__(message)


class NotPermitted(AppError):
    """The role or the key's scope does not allow this."""

    status, code, title = 403, "NOT_PERMITTED", "Not allowed"


class TooLarge(AppError):
    """The body is larger than the bound."""

    status, code, title = 413, "PAYLOAD_TOO_LARGE", "The request is too large"


class RateLimited(AppError):
    """Too many requests; `details["retry_after"]` is in seconds."""

    status, code, title = 429, "RATE_LIMITED", "Too many requests"


class Unavailable(AppError):
    """A part we need is away; `details["retry_after"]` is in seconds."""

    status, code, title = 503, "UNAVAILABLE", "Temporarily unavailable"
