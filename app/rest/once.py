"""`Idempotency-Key`: a POST with a key takes effect once, and its answer is given again."""

import hashlib
import re
from collections.abc import Callable
from uuid import UUID

from flask import Response, request
from werkzeug.exceptions import HTTPException

from app.accounts import idempotency
from app.accounts.access import current_actor
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import AppError, InvalidInput
from app.rest.errors import problem

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_KEY = re.compile(r"[\x20-\x7e]{1,255}")
_PASSING = frozenset({401, 403, 429})
"""Refusals that the same request may outlive: they are not kept, like every 5xx."""
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")


def only(run: Callable[[], Response]) -> Response:
    """The answer of `run`; under a key, the one that was given to the first request with it."""
    key = request.headers.get(HEADER)
    if key is None:
        return run()
    if not _KEY.fullmatch(key):
        raise InvalidInput.of(HEADER, "malformed", f"{HEADER} is 1 to 255 printable ASCII characters.")
    actor = current_actor()
    claimed = idempotency.claim(actor, key, fingerprint(), clock.now())
    if isinstance(claimed, idempotency.Answer):
        return _again(claimed)
    try:
        response = _answer(run)
    except BaseException:
        idempotency.release(actor, claimed)
        raise
    _keep(actor, claimed, response)
    return response


def _answer(run: Callable[[], Response]) -> Response:
    """Refusals are answers, too."""
    try:
        return run()
    except (AppError, HTTPException) as refused:
        return problem(refused)


def _keep(actor: Actor, claimed: UUID, response: Response) -> None:
    if response.status_code >= 500 or response.status_code in _PASSING:
        idempotency.release(actor, claimed)
        return
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    answer = idempotency.Answer(response.status_code, response.get_data(as_text=True), headers)
    idempotency.record(actor, claimed, answer, clock.now())


def _again(kept: idempotency.Answer) -> Response:
    return Response(kept.body, kept.status, headers={**kept.headers, REPLAYED: "true"})


def fingerprint() -> bytes:
    """What makes two requests the same one: method, address, parameters and body."""
    parts = (request.method.encode(), request.path.encode(), request.query_string, request.get_data())
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()
