"""The OpenAPI 3.1 document, written from the declarations beside the views.

SpecTree was tried: it checks bodies before a view can say that the id is of nobody, answers errors in a
form of its own, and knows one media type. See docs/adr/0009.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema
from werkzeug.routing import Rule

from app.rest import errors_told, parameters
from app.rest.examples import example
from app.rest.operation import Operation
from app.rest.shapes.problem import Problem

VERSION = "1"
ABOUT = """Everything about leads that the pages can do, for programs.

Send an API key (*Settings → API keys*) as `Authorization: Bearer …`; it may do what its scopes and its
maker's role both allow. Instants are UTC in ISO 8601, dates are days of the supplier's calendar, money is
in the supplier's currency, rates are from 0 to 1, null is unknown. Errors are problem details (RFC 9457)."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_REFS = "#/components/schemas/{model}"

Described = tuple[Rule, str, Operation]


@lru_cache(maxsize=1)
def document(app: Flask) -> dict[str, Any]:
    """The whole document; the same for every caller, and made once."""
    found = sorted(operations(app), key=lambda one: (one[0].rule, METHODS.index(one[1])))
    models = sorted({pair for _, _, declared in found for pair in _models(declared)}, key=str)
    refs, definitions = models_json_schema(
        [*models, (Problem, "serialization")], ref_template=_REFS, schema_generator=Untitled
    )
    schemas = definitions["$defs"]
    paths: dict[str, Any] = {}
    for rule, method, declared in found:
        written = _operation(rule, method, declared, _Schemas(refs, schemas))
        paths.setdefault(_path(rule), {})[method.lower()] = written
    return {
        "openapi": "3.1.0",
        "info": {"title": "WedSync Leads", "version": VERSION, "description": ABOUT},
        "security": [{"apiKey": []}],
        "tags": [{"name": name} for name in dict.fromkeys(declared.tag for _, _, declared in found)],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "apiKey": {"type": "http", "scheme": "bearer", "description": "An API key: `wsl_…`."}
            },
            "schemas": schemas,
            "parameters": parameters.SHARED,
            "headers": parameters.HEADERS,
            "responses": errors_told.responses(),
        },
    }


def operations(app: Flask) -> Iterator[Described]:
    """Every address and method whose view is declared."""
    for rule in app.url_map.iter_rules():
        declared = getattr(app.view_functions[rule.endpoint], "operation", None)
        if declared is not None:
            yield from ((rule, method, declared) for method in METHODS if method in (rule.methods or ()))


class Untitled(GenerateJsonSchema):
    """Without a title for each field that only repeats its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


class _Schemas:
    """The schema of a model by the way it is used, and its example."""

    def __init__(self, refs: dict[Any, dict[str, Any]], schemas: dict[str, Any]) -> None:
        self.refs, self.schemas = refs, schemas

    def content(self, model: type[BaseModel], mode: JsonSchemaMode, given: Any = None) -> dict[str, Any]:
        ref = self.refs[model, mode]
        shown = given or example(ref, self.schemas)
        return {"application/json": {"schema": ref, "example": shown}}


def _operation(rule: Rule, method: str, declared: Operation, schemas: _Schemas) -> dict[str, Any]:
    refused = {str(s): _ref("responses", name) for s, name in _refusals(rule, method, declared)}
    sent = parameters.sent(method, declared)
    written: dict[str, Any] = {
        "operationId": declared.id,
        "tags": [declared.tag],
        "summary": declared.summary.partition(". ")[0].rstrip("."),
        "description": f"{declared.summary}\n\nNeeds the scope `{declared.permission}`.",
        "parameters": parameters.of(rule, method, declared),
        "responses": {str(s): _answer(s, m, sent, schemas) for s, m in declared.answers.items()} | refused,
    }
    if declared.body is not None:
        content = schemas.content(declared.body, "validation", declared.example)
        written["requestBody"] = {"required": True, "content": content}
    return written


def _answer(status: int, model: type[BaseModel] | None, sent: list[str], schemas: _Schemas) -> dict[str, Any]:
    told: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if model is not None:
        told["description"] = " ".join((model.__doc__ or "").split())
        told["content"] = schemas.content(model, "serialization")
    if sent:
        told["headers"] = {name: _ref("headers", name) for name in sent}
    return told


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _refusals(rule: Rule, method: str, declared: Operation) -> list[tuple[int, str]]:
    """The statuses that this operation may refuse with, each with the name of its response."""
    told = {401, 403, 422, 429, 500, 503, *declared.refuses}
    if rule.arguments:
        told.add(404)
    if declared.body is not None:
        told |= {400, 413, 415}
    if method == "POST":
        told.add(409)
    if declared.versioned and method != "POST":
        told.add(304 if method == "GET" else 412)
    return [(status, errors_told.name(status)) for status in sorted(told)]


def _models(declared: Operation) -> Iterator[tuple[type[BaseModel], JsonSchemaMode]]:
    if declared.body is not None:
        yield declared.body, "validation"
    for model in declared.answers.values():
        if model is not None:
            yield model, "serialization"


def _path(rule: Rule) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
