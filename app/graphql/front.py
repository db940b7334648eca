"""In front of Flask: reads of programs that stand ready (`read.standing`) are answered here.

Such a read is one short statement, and Flask's contexts, routing and hooks take longer than it (see
docs/adr/0011). Only answers are given here, with the headers that the view's have; whatever else comes goes
on to the app, its body whole, and what refused it goes along, so that it is refused there in full form.
"""

import time
from collections.abc import Iterable
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Flask

from app.accounts import keys
from app.accounts.access import key_in
from app.graphql import http
from app.graphql.execute import Operation, Runner
from app.graphql.read import Ready
from app.kernel import clock, compression, headers, observe
from app.kernel.actor import Permission
from app.kernel.errors import AppError

PATH, ENDPOINT = "/graphql", "graphql.post"
REFUSED = "wedsync.refused"
"""In the environment: the error that the app is to answer with."""


class Front:
    """A WSGI application around the app's own."""

    def __init__(self, flask: Flask, runner: Runner) -> None:
        self.flask, self.runner = flask, runner
        self.app = flask.wsgi_app
        self.headers = headers.of_answers(https=flask.extensions["settings"].https)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        began_at = time.perf_counter()
        found = self._find(environ) if _is_by_program(environ) else None
        body = self._answer(environ, *found) if found else None
        if body is None:
            return self.app(environ, start_response)
        observe.count("POST", ENDPOINT, 200, began_at)
        told = self._headers(environ)
        if len(body) >= compression.LEAST and compression.takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            body = compression.packed(body)
            told.append(("Content-Encoding", "gzip"))
        start_response("200 OK", [*told, ("Content-Length", str(len(body)))])
        return [body]

    def _find(self, environ: dict[str, Any]) -> tuple[Ready, dict[str, UUID]] | None:
        """What stands ready for this request; None also when it is wrong."""
        try:
            http.preferred(environ.get("HTTP_ACCEPT", ""))
            return self.runner.ready(_operation(environ))
        except AppError:
            return None

    def _answer(self, environ: dict[str, Any], ready: Ready, ids: dict[str, UUID]) -> bytes | None:
        """The body, from one statement with the look-up of the key; None for what the app must say."""
        try:
            with self.flask.app_context():
                actor, json = keys.authenticate_reading(
                    key_in(environ["HTTP_AUTHORIZATION"]),
                    clock.now(),
                    ready.sql,
                    lambda supplier_id: ready.given(supplier_id, ids),
                )
        except Exception as error:
            environ[REFUSED] = error
            return None
        return ready.body(json) if actor.may(Permission.READ) else None

    def _headers(self, environ: dict[str, Any]) -> list[tuple[str, str]]:
        media = http.preferred(environ.get("HTTP_ACCEPT", ""))
        return [
            ("Content-Type", f"{media}; charset=utf-8"),
            ("Vary", "Accept, Accept-Encoding"),
            ("X-Request-ID", observe.new_request_id(environ.get("HTTP_X_REQUEST_ID", ""))),
            *self.headers,
        ]


def _is_by_program(environ: dict[str, Any]) -> bool:
    """A POST to our address with a key, as JSON, its length said and within bounds?"""
    return (
        environ["PATH_INFO"] == PATH
        and environ["REQUEST_METHOD"] == "POST"
        and "HTTP_AUTHORIZATION" in environ
        and environ.get("CONTENT_TYPE") == http.JSON
        and "HTTP_TRANSFER_ENCODING" not in environ
        and _length(environ) <= http.MOST_BYTES
    )


def _length(environ: dict[str, Any]) -> int:
    """Beyond all bounds when it is not said."""
    said = environ.get("CONTENT_LENGTH") or ""
    return int(said) if said.isascii() and said.isdigit() else http.MOST_BYTES + 1


def _operation(environ: dict[str, Any]) -> Operation:
    body = environ["wsgi.input"].read(_length(environ))
    environ["wsgi.input"] = BytesIO(body)
    return http.read_body(body)
