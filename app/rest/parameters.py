"""The parameters and headers of the OpenAPI document."""

from typing import Any

from werkzeug.routing import Rule

from app.rest.once import HEADER, REPLAYED
from app.rest.operation import Operation
from app.rest.parse import is_list

SHARED: dict[str, Any] = {
    "IdempotencyKey": {
        "name": HEADER,
        "in": "header",
        "description": "Of your choice, new for each request that must take effect once. For 24 hours the "
        f"same request is given the same answer, with `{REPLAYED}: true`; another one with it is refused.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag that you read. If the lead was changed since, nothing is done (412).",
        "schema": {"type": "string"},
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag that you have. If the lead is still the same, the answer is 304, bodyless.",
        "schema": {"type": "string"},
    },
}
HEADERS: dict[str, Any] = {
    "ETag": {"description": "The lead's version.", "schema": {"type": "string"}},
    REPLAYED: {
        "description": "This answer was given before, to the first request with the key.",
        "schema": {"type": "string", "const": "true"},
    },
    "RetryAfter": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}},
}


def of(rule: Rule, method: str, declared: Operation) -> list[dict[str, Any]]:
    """What stands in the path, the query and the headers of a request."""
    found = [_in_path(name) for name in sorted(rule.arguments)]
    found += _in_query(declared)
    if method == "POST":
        found.append(_shared("IdempotencyKey"))
    elif declared.versioned or declared.conditional:
        found.append(_shared("IfNoneMatch" if method == "GET" else "IfMatch"))
    return found


def sent(method: str, declared: Operation) -> list[str]:
    """The headers of an answer that is no refusal."""
    return [*(["ETag"] if declared.versioned else []), *([REPLAYED] if method == "POST" else [])]


def _in_path(name: str) -> dict[str, Any]:
    """An id, or a number that counts from 1."""
    is_id = name.endswith("_id")
    schema = {"type": "string", "format": "uuid"} if is_id else {"type": "integer", "minimum": 1}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(declared: Operation) -> list[dict[str, Any]]:
    model = declared.query
    schema = model.model_json_schema(mode="validation")
    found = []
    for name, field in model.model_fields.items():
        of = _resolved(schema["properties"][name], schema.get("$defs", {}))
        described = {"description": of.pop("description")} if "description" in of else {}
        lists = {"style": "form", "explode": True} if is_list(field) else {}
        required = field.is_required()
        found.append({"name": name, "in": "query", "required": required, **described, **lists, "schema": of})
    return found


def _resolved(schema: Any, definitions: dict[str, Any]) -> Any:
    """With each `$ref` written out, no titles, and no null: a parameter is absent instead."""
    if isinstance(schema, list):
        return [_resolved(item, definitions) for item in schema if item != {"type": "null"}]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]] | {
            k: v for k, v in schema.items() if k != "$ref"
        }
    found = {k: _resolved(v, definitions) for k, v in schema.items() if k != "title"}
    if found.get("default", ...) is None:
        del found["default"]
    if len(found.get("anyOf", ())) == 1:
        found |= found.pop("anyOf")[0]
    return found


def _shared(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}
