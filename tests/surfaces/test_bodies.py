"""A body without a Content-Length, as `Transfer-Encoding: chunked` brings it."""

import json
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.keys import create_api_key
from app.accounts.schemas import NewApiKey
from app.kernel.actor import Permission
from tests.cast import House
from tests.features.capture.test_submit_inquiry import form_key


def send_in_chunks(client: FlaskClient, path: str, body: bytes, **more: str) -> TestResponse:
    environ = {"wsgi.input": BytesIO(body), "wsgi.input_terminated": True, "CONTENT_TYPE": "application/json"}
    chunked = environ | {"HTTP_TRANSFER_ENCODING": "chunked"} | more
    return client.open(path, method="POST", environ_overrides=chunked)


@pytest.mark.parametrize("size", [262_145, 10_000_000])
def test_one_that_is_too_large_is_refused_with_the_bound(
    app: Flask, client: FlaskClient, house: House, size: int
) -> None:
    answer = send_in_chunks(client, f"/f/{form_key(app, house)}/inquiries", b'{"form": {}}'.ljust(size))
    assert answer.status_code == 413
    assert "256 kB" in answer.text


def test_graphql_refuses_one_in_its_own_form(app: Flask, client: FlaskClient, house: House) -> None:
    with app.app_context():
        _, key = create_api_key(house.owner.actor, NewApiKey(name="k", scopes=[Permission.READ]))
    body = b'{"query": "{ viewer { kind } }"}'.ljust(262_145)
    answer = send_in_chunks(client, "/graphql", body, HTTP_AUTHORIZATION=f"Bearer {key}")
    assert answer.status_code == 413
    assert answer.content_type.startswith("application/json")
    assert "262,144 bytes" in answer.json["errors"][0]["message"]


def test_a_page_refuses_one_too(client: FlaskClient) -> None:
    form = b"email=a".ljust(262_145, b"a")
    answer = send_in_chunks(client, "/login", form, CONTENT_TYPE="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert "Too large" in answer.text


def test_one_within_the_bound_is_read_whole(app: Flask, client: FlaskClient, house: House) -> None:
    body = json.dumps({"form": {}, "idempotency_key": "k" * 12, "token": "none"}).encode()
    answer = send_in_chunks(client, f"/f/{form_key(app, house)}/inquiries", body.ljust(262_144))
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
