"""Bodies and parameters of a request as the models have them."""

from typing import Any, TypeVar, get_origin

import orjson
from flask import request
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from app.kernel.errors import InvalidInput
from app.kernel.schema import validate

M = TypeVar("M", bound=BaseModel)
JSON = "application/json"


def body(model: type[M]) -> M:
    """The JSON body; 415 when it is announced as something else, 400 when it is no JSON (RFC 8259)."""
    if request.mimetype != JSON:
        raise UnsupportedMediaType(f"Send the body as {JSON}.")
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("Send the body in UTF-8.")
    try:
        sent = orjson.loads(request.get_data())
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error}.") from None
    return validate(model, sent)


def query(model: type[M]) -> M:
    """The parameters of the address. A list is `a=1&a=2`, or `a=1,2` when `a` is given once."""
    given: dict[str, Any] = {}
    for name, values in request.args.lists():
        field = model.model_fields.get(name)
        if field is not None and is_list(field):
            given[name] = values if len(values) > 1 else _split(values[0])
        elif len(values) > 1:
            raise InvalidInput.of(name, "repeated", f"'{name}' is given {len(values)} times; once is right.")
        else:
            given[name] = values[0]
    return validate(model, given)


def is_list(field: FieldInfo) -> bool:
    return get_origin(field.annotation) is list


def _split(text: str) -> list[str]:
    return [piece.strip() for piece in text.split(",") if piece.strip()]
