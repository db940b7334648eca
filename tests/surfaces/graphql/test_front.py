"""A known read of a program is answered in front of Flask as Flask would; all else goes on to it."""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, request_started
from uuid_utils.compat import uuid7
from werkzeug.test import TestResponse

from app.kernel.observe import REQUESTS
from tests.statements import listening
from tests.surfaces.graphql.conftest import Caller, Desk

Watching = Callable[[], Any]


@pytest.fixture
def flask_answers(app: Flask) -> Watching:
    """`with flask_answers() as seen:` notes every request that Flask gets."""

    @contextmanager
    def watching() -> Iterator[list[object]]:
        seen: list[object] = []

        def note(_app: Flask, **_: Any) -> None:
            seen.append(True)

        with request_started.connected_to(note, app):
            yield seen

    return watching


@pytest.fixture
def known(desk: Desk, ask: Caller) -> tuple[str, dict[str, Any]]:
    """A query that was asked before, by nobody else, and its variables."""
    given = {"id": str(desk.lead(additional_notes="A long answer. " * 100))}
    query = f"query Known{uuid7().hex} ($id: UUID!) {{ lead(id: $id) {{ id additionalNotes }} }}"
    ask(query, **given)
    return query, given


def headers(answer: TestResponse) -> list[tuple[str, str]]:
    return sorted((name, value) for name, value in answer.headers if name != "X-Request-ID")


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"Accept": "application/graphql-response+json"},
        {"Accept": "*/*", "X-Request-ID": "given-by-the-client"},
        {"Accept-Encoding": "gzip;q=0"},
    ],
)
def test_it_has_the_headers_of_flasks_answer(
    known: tuple[str, dict[str, Any]], ask: Caller, flask_answers: Watching, sent: dict[str, str]
) -> None:
    query, given = known
    with flask_answers() as seen:
        ours = ask.send(query, given, headers=sent)
        assert seen == []
        theirs = ask.send(query, given, headers=sent | {"Content-Type": "application/json; charset=utf-8"})
        assert seen == [True]
    assert (ours.status, ours.data) == (theirs.status, theirs.data)
    assert headers(ours) == headers(theirs)
    for answer in (ours, theirs):
        assert len(answer.headers["X-Request-ID"]) >= 8
        assert answer.headers["X-Request-ID"] == sent.get("X-Request-ID", answer.headers["X-Request-ID"])


def test_it_is_packed_for_who_takes_gzip(
    known: tuple[str, dict[str, Any]], ask: Caller, flask_answers: Watching
) -> None:
    query, given = known
    plain = ask.send(query, given)
    with flask_answers() as seen:
        packed = ask.send(query, given, headers={"Accept-Encoding": "br, gzip"})
    assert seen == []
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    assert gzip.decompress(packed.data) == plain.data


def test_it_is_counted_like_any_other(known: tuple[str, dict[str, Any]], ask: Caller) -> None:
    query, given = known
    counted = REQUESTS.labels("POST", "graphql.post", 200)
    before = counted._value.get()
    ask(query, **given)
    assert counted._value.get() == before + 1


def test_who_is_refused_hears_it_from_flask_and_is_looked_up_once(
    app: Flask, known: tuple[str, dict[str, Any]], ask: Caller, flask_answers: Watching
) -> None:
    query, given = known
    wrong = Caller(app, ask.key[:-4] + "AAAA")
    with listening() as sent, flask_answers() as seen:
        answer = wrong.send(query, given)
    assert (answer.status_code, seen) == (401, [True])
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert len(sent) == 1


def test_a_body_that_it_cannot_read_is_still_whole_for_flask(
    app: Flask, known: tuple[str, dict[str, Any]], ask: Caller, flask_answers: Watching
) -> None:
    authorised = {"Authorization": f"Bearer {ask.key}"}
    for body, status in ((b"{nonsense", 400), (b"[]", 400), (b'{"query": "{ __typename }"}', 200)):
        with flask_answers() as seen:
            answer = app.test_client().post(
                "/graphql", data=body, content_type="application/json", headers=authorised
            )
        assert (answer.status_code, seen) == (status, [True]), answer.text


def test_a_body_of_unsaid_length_is_measured_by_flask(
    app: Flask, known: tuple[str, dict[str, Any]], ask: Caller, flask_answers: Watching
) -> None:
    query, given = known
    said = ask.send(query, given)
    body = json.dumps({"query": query, "variables": given}).encode()
    with flask_answers() as seen:
        answer = app.test_client().post(
            "/graphql",
            input_stream=BytesIO(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {ask.key}", "Transfer-Encoding": "chunked"},
            environ_overrides={"wsgi.input_terminated": True},
        )
    assert seen == [True]
    assert answer.data == said.data


def test_a_sign_in_is_asked_by_flask(
    app: Flask, known: tuple[str, dict[str, Any]], flask_answers: Watching
) -> None:
    query, given = known
    with flask_answers() as seen:
        answer = app.test_client().post("/graphql", json={"query": query, "variables": given})
    assert (answer.status_code, seen) == (401, [True])
