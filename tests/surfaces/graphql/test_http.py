"""The endpoint itself: media types, methods, bodies that are no requests, and who may ask."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.graphql.http import GRAPHQL, JSON, MOST_BYTES
from tests.surfaces.accounts.browser import Browser, signed_in
from tests.surfaces.graphql.conftest import Caller, Desk

TYPENAME = {"query": "{ __typename }"}


def post(ask: Caller, body: bytes | str, content_type: str | None = JSON, **headers: str) -> TestResponse:
    given = {"Authorization": f"Bearer {ask.key}", **headers}
    return ask.app.test_client().post("/graphql", data=body, content_type=content_type, headers=given)


def get(ask: Caller, **parameters: str) -> TestResponse:
    headers = {"Authorization": f"Bearer {ask.key}", "Accept": GRAPHQL}
    return ask.app.test_client().get(f"/graphql?{urlencode(parameters)}", headers=headers)


@pytest.fixture
def browser(app: Flask, desk: Desk) -> Browser:
    return signed_in(app, desk.house.owner)


def code(answer: TestResponse) -> str:
    assert answer.json is not None
    return str(answer.json["errors"][0]["extensions"]["code"])


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (f"{JSON}, {GRAPHQL}", GRAPHQL),
        (f"{JSON}, {GRAPHQL};q=0.5", JSON),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
    ],
)
def test_the_client_chooses_the_media_type(ask: Caller, accept: str, answered: str) -> None:
    answer = post(ask, json.dumps(TYPENAME), **({"Accept": accept} if accept else {}))
    assert answer.status_code == 200
    assert answer.content_type == f"{answered}; charset=utf-8"
    assert answer.json == {"data": {"__typename": "Query"}}


def test_a_client_that_takes_neither_type_is_told(ask: Caller) -> None:
    answer = post(ask, json.dumps(TYPENAME), Accept="image/png")
    assert (answer.status_code, code(answer)) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/graphql"]
)
def test_a_body_of_another_type_is_refused(ask: Caller, content_type: str | None) -> None:
    answer = post(ask, json.dumps(TYPENAME), content_type)
    assert (answer.status_code, code(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_body_in_another_encoding_is_refused(ask: Caller) -> None:
    assert post(ask, json.dumps(TYPENAME), f"{JSON}; charset=latin-1").status_code == 415


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", ""),
        (b'{"query": "{', ""),
        (b"\xff\xfe", ""),
        (b'"{ __typename }"', ""),
        (b'[{"query": "{ __typename }"}]', ""),
        (b"{}", "query"),
        (b'{"query": ""}', "query"),
        (b'{"query": 1}', "query"),
        (b'{"query": "{ __typename }", "variables": []}', "variables"),
        (b'{"query": "{ __typename }", "variables": "{}"}', "variables"),
        (b'{"query": "{ __typename }", "operationName": {}}', "operationName"),
        (b'{"query": "{ __typename }", "extensions": 3}', "extensions"),
        (b'{"query": "{ __typename }", "variables": {"a": ["\\u0000"]}}', "variables"),
        (b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 31 + b"1" + b"}" * 32, "variables"),
        (b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 900 + b"]" * 900 + b"}}", "variables"),
        (b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 2000 + b"1" + b"}" * 2001, ""),
    ],
)
def test_a_body_that_is_no_request_is_named(ask: Caller, body: bytes, field: str) -> None:
    for accept in (JSON, GRAPHQL):
        answer = post(ask, body, Accept=accept)
        assert (answer.status_code, code(answer)) == (400, "BAD_USER_INPUT"), answer.text
        assert answer.json is not None
        assert answer.json["errors"][0]["extensions"]["fields"][0]["field"] == field


@pytest.mark.parametrize("size", [MOST_BYTES + 1, 10 * 1024 * 1024])
def test_a_large_body_is_refused_by_its_bound(ask: Caller, size: int) -> None:
    answer = post(ask, b" " * size)
    assert (answer.status_code, code(answer)) == (413, "PAYLOAD_TOO_LARGE")
    assert "262,144" in answer.text


def test_a_body_at_the_bound_is_read(ask: Caller) -> None:
    text = json.dumps(TYPENAME)
    assert post(ask, text + " " * (MOST_BYTES - len(text))).status_code == 200


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{", {}),
        ("{ nothing }", {}),
        ("{ }", {}),
        ("query A { __typename } query B { __typename }", {}),
        ("subscription { leads { totalCount } }", {}),
        ("query ($id: UUID!) { lead(id: $id) { id } }", {}),
        ("query ($id: UUID!) { lead(id: $id) { id } }", {"id": "seven"}),
        ("query ($id: UUID!) { lead(id: $id) { id } }", {"id": 7}),
        ("query ($first: Int) { leads(first: $first) { totalCount } }", {"first": "ten"}),
        ("query ($first: Int) { leads(first: $first) { totalCount } }", {"first": 2**31}),
        ('{ leads(filter: {nothing: "x"}) { totalCount } }', {}),
        ('{ leads(filter: {search: "\\u0000"}) { totalCount } }', {}),
        ("{ leads(orderBy: {by: shoe_size}) { totalCount } }", {}),
    ],
)
def test_a_document_that_cannot_run_is_the_clients_mistake(
    ask: Caller, query: str, variables: dict[str, Any]
) -> None:
    """400 in the new media type; 200 in the old one, whose clients look at the errors alone."""
    new = ask.send(query, variables, headers={"Accept": GRAPHQL})
    old = ask.send(query, variables)
    assert new.json is not None
    assert (new.status_code, old.status_code) == (400, 200)
    assert new.json == old.json
    assert code(new) == "BAD_USER_INPUT"
    assert "data" not in new.json


def test_a_chosen_operation_runs(ask: Caller) -> None:
    document = "query A { __typename } query B { viewer { kind } }"
    assert ask.send(document, operationName="B").json == {"data": {"viewer": {"kind": "api_key"}}}
    assert code(ask.send(document, operationName="C")) == "BAD_USER_INPUT"


def test_a_get_reads(ask: Caller) -> None:
    document = "query ($kind: Boolean!) { viewer { kind @include(if: $kind) __typename } }"
    answer = get(ask, query=document, variables='{"kind": false}')
    assert answer.json == {"data": {"viewer": {"__typename": "Viewer"}}}


def test_a_get_never_writes(ask: Caller) -> None:
    document = (
        'mutation { createLead(input: {leadSource: "website", primaryEmail: "ada@example.com"}) { success } }'
    )
    answer = get(ask, query=document)
    assert (answer.status_code, answer.headers["Allow"], code(answer)) == (405, "POST", "METHOD_NOT_ALLOWED")
    assert ask("{ leads { totalCount } }")["leads"]["totalCount"] == 0


def test_variables_of_a_get_that_are_no_json_are_named(ask: Caller) -> None:
    answer = get(ask, query="{ __typename }", variables="{")
    assert (answer.status_code, code(answer)) == (400, "BAD_USER_INPUT")


@pytest.mark.parametrize("key", ["", "wsl_nonsense", "wsl_" + "A" * 64])
def test_nobody_in_particular_is_told_nothing(app: Flask, ask: Caller, key: str) -> None:
    for query in ("{ __typename }", "{ __schema { types { name } } }", "{ leads { totalCount } }", "{"):
        answer = Caller(app, key).send(query)
        assert (answer.status_code, code(answer)) == (401, "NOT_AUTHENTICATED")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert ask("{ __schema { queryType { name } } }")["__schema"]["queryType"]["name"] == "Query"


def test_a_key_that_may_not_read_reads_nothing(desk: Desk) -> None:
    writer = desk.caller(scopes=["write_leads"])
    desk.lead()
    for query in (
        "{ leads { totalCount } }",
        "{ scoringRules { totalRules } }",
        "{ leadSources { performanceSummary { totalSources } } }",
    ):
        answer = writer.send(query)
        assert code(answer) == "NOT_PERMITTED"
        assert answer.json is not None
        assert answer.json["data"] is None or answer.json["data"] == {"leadSources": None}


def test_a_signed_in_browser_asks_with_the_token_of_our_forms(browser: Browser) -> None:
    page = browser.client.get("/graphql", headers={"Accept": "text/html"})
    token = re.search(r'data-csrf-token="([^"]+)"', page.text)
    assert token
    answer = browser.client.post("/graphql", json=TYPENAME, headers={"X-CSRFToken": token[1]})
    assert answer.json == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}])
def test_a_signed_in_browser_asks_from_our_own_pages(browser: Browser, headers: dict[str, str]) -> None:
    assert browser.client.post("/graphql", json=TYPENAME, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin", "X-CSRFToken": "forged"},
    ],
)
def test_another_sites_page_cannot_use_the_sign_in(browser: Browser, headers: dict[str, str]) -> None:
    answer = browser.client.post("/graphql", json=TYPENAME, headers=headers)
    assert (answer.status_code, code(answer)) == (403, "NOT_PERMITTED")


def test_a_sign_in_is_not_enough_for_a_get(browser: Browser) -> None:
    answer = browser.client.get("/graphql?query={__typename}", headers={"Accept": JSON})
    assert (answer.status_code, code(answer)) == (403, "NOT_PERMITTED")


def test_a_browser_gets_graphiql(browser: Browser) -> None:
    page = browser.client.get("/graphql", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.status_code == 200
    assert page.content_type == "text/html; charset=utf-8"
    assert 'data-endpoint="/graphql"' in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src" not in policy
    assert "default-src 'self'" in policy


def test_a_stranger_signs_in_before_graphiql(app: Flask) -> None:
    answer = app.test_client().get("/graphql", headers={"Accept": "text/html"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=/graphql"
