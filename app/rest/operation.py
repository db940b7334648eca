"""What an address of the REST API takes and answers, declared where the view stands.

The declaration has two readers, so that they cannot differ: the wrapper made here, which lets in, parses
and remembers, and `app/rest/openapi.py`, which writes the document. The models of the body and of the
parameters are the annotations of the view's own `body` and `query`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, get_type_hints

from flask import Response, request
from pydantic import BaseModel
from werkzeug.exceptions import HTTPException

from app.accounts.access import current_actor
from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.errors import AppError
from app.kernel.schema import Schema
from app.rest import once, parse
from app.rest.existence import look_up

View = Callable[..., Response]


class NoParameters(Schema):
    """Of an address that takes none: whatever is given is unknown."""


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    id: str
    tag: str
    permission: Permission
    answers: Mapping[int, type[BaseModel] | None]
    """The shape of the body by status; None is an answer without one."""
    refuses: tuple[int, ...] = ()
    """The statuses of its own errors, beside those that every operation has."""
    versioned: bool = False
    """Its answer carries the lead's ETag; GET obeys If-None-Match, PUT and PATCH obey If-Match."""
    conditional: bool = False
    """It obeys If-Match, though its answer carries no ETag."""
    example: Mapping[str, Any] | None = None
    """A body that is right."""
    body: type[BaseModel] | None = None
    query: type[BaseModel] = field(default=NoParameters)
    summary: str = ""


def operation(
    id: str,
    *,
    tag: str,
    answers: Mapping[int, type[BaseModel] | None],
    permission: Permission = Permission.READ,
    **said: Any,
) -> Callable[[View], View]:
    """Declare the view below. NotPermitted comes before NotFound, and that before what is wrong otherwise."""

    def declare(view: View) -> View:
        hints = get_type_hints(view)
        taken = {name: hints[name] for name in ("body", "query") if name in hints}
        summary = " ".join((view.__doc__ or "").split())
        declared = Operation(id, tag, permission, answers, summary=summary, **taken, **said)

        @wraps(view)
        def answer(**ids: Any) -> Response:
            current_actor().require(permission)
            if request.method == "POST":
                return once.only(lambda: view(**ids, **_read(declared, taken, ids)))
            return view(**ids, **_read(declared, taken, ids))

        answer.operation = declared  # type: ignore[attr-defined]
        return answer

    return declare


def _read(declared: Operation, wanted: Collection[str], ids: Mapping[str, Any]) -> dict[str, Any]:
    """The body and the parameters, those that the view wants."""
    try:
        query = parse.query(declared.query)
        body = parse.body(declared.body) if declared.body else None
    except (AppError, HTTPException):
        look_up(db.session(), ids)
        raise
    return {name: value for name, value in (("query", query), ("body", body)) if name in wanted}
