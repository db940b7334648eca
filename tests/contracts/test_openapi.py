"""The OpenAPI document is right, whole, and kept: by its own standard, and by what is answered."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.rest.openapi import document, operations
from tests.architecture.callers import ALL_SCOPES, Callers
from tests.architecture.targets import Targets
from tests.cast import House

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SEEDED = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=12,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
"""The same cases at every run."""
WITHOUT = {"GET /api/docs", "GET /api/openapi.json"}
"""The document and its page are in no document."""
UNPACKED = {"Accept-Encoding": "identity"}
"""Schemathesis offers gzip, and does not unpack what an app in its own process answers."""


@pytest.fixture(scope="module")
def written(app: Flask) -> dict[str, Any]:
    return document(app)


def told(written: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in written["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_it_is_what_the_address_gives_to_everybody(app: Flask, written: dict[str, Any]) -> None:
    answer = app.test_client().get("/api/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json == written


def test_it_is_an_openapi_3_1_document(written: dict[str, Any]) -> None:
    assert written["openapi"].startswith("3.1.")
    schemathesis.openapi.from_dict(written).validate()


def test_every_address_under_api_is_in_it(app: Flask, written: dict[str, Any]) -> None:
    there = {
        f"{method} {re.sub('<[a-z]+:', '{', rule.rule).replace('>', '}')}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert there - WITHOUT == {name for name, _ in told(written)}


def test_every_reference_leads_somewhere(written: dict[str, Any]) -> None:
    for ref in _refs(written):
        found: Any = written
        for part in ref.removeprefix("#/").split("/"):
            found = found[part]
        assert isinstance(found, dict), ref


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(written: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in told(written)]
    assert len(names) == len(set(names))
    for name, operation in told(written):
        assert operation["summary"], name
        assert operation["tags"], name
        assert {"401", "403", "422", "429", "500", "503"} <= set(operation["responses"]), name


def test_every_error_is_a_problem(written: dict[str, Any]) -> None:
    for name, response in written["components"]["responses"].items():
        if name == "NotModified":
            continue
        assert list(response["content"]) == ["application/problem+json"], name
    for name, operation in told(written):
        for status, response in operation["responses"].items():
            assert (int(status) >= 300) == ("$ref" in response), f"{name} {status}"


def test_every_example_fits_its_schema(written: dict[str, Any]) -> None:
    shown = list(_examples(written))
    assert shown
    for where, content in shown:
        schema = content["schema"] | {"components": written["components"]}
        assert list(Draft202012Validator(schema).iter_errors(content["example"])) == [], where


def test_every_body_has_an_example_of_ours(app: Flask) -> None:
    bare = [declared.id for _, _, declared in operations(app) if declared.body and not declared.example]
    assert bare == []


@pytest.mark.slow
def test_every_operation_answers_as_it_says(app: Flask, written: dict[str, Any], house: House) -> None:
    """With inputs that fit the document and with such as do not, at ids that are there and at others."""
    targets, callers = Targets(app, house), Callers(app, house)
    headers = {"Authorization": f"Bearer {callers.key(*ALL_SCOPES)}"} | UNPACKED
    schema = schemathesis.openapi.from_dict(written)
    schema.app = app
    found = [one.ok() for one in schema.get_all_operations()]
    assert len(found) == len(list(told(written)))
    for operation in found:
        for mode in GenerationMode:
            _answers(operation.as_strategy(generation_mode=mode), _ids(targets, operation.path), headers)


def _answers(cases: Any, ids: dict[str, str], headers: dict[str, str]) -> None:
    @SEEDED
    @given(case=cases, is_there=st.booleans())
    def answers(case: Any, is_there: bool) -> None:
        if is_there:
            case.path_parameters = {**(case.path_parameters or {}), **ids}
        case.call_and_validate(headers=headers, checks=CHECKS)

    answers()


def _ids(targets: Targets, path: str) -> dict[str, str]:
    names = re.findall(r"{(\w+)}", path)
    with targets.app.app_context():
        return {name: targets.value(path, name, targets.house.owner) for name in names}


def _refs(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from _refs(value)
    elif isinstance(part, list):
        for value in part:
            yield from _refs(value)


def _examples(part: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(part, dict):
        if "example" in part and "schema" in part:
            yield where, part
        for name, value in part.items():
            yield from _examples(value, f"{where}/{name}")
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from _examples(value, f"{where}/{index}")
