"""Everybody tries everything, and is answered as the table of `role_table` says; a refusal changes nothing.

An address or a field that the table leaves out fails here: say in the table who may use it.
"""

from typing import Any

import orjson
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.architecture import operations, role_table
from tests.architecture.callers import Callers
from tests.architecture.ledger import ledger
from tests.architecture.targets import Targets, places
from tests.cast import House

ROUTES = role_table.read(role_table.ROUTES, names=2)
FIELDS = role_table.read(role_table.FIELDS, names=1)
CHANGE_WHO = {"/account/sessions/revoke-all", "/invitation/<token>", "/logout", "/sign-up"}
"""After a POST to these the browser is somebody else's, or nobody's."""
FROM_ANYWHERE = {
    f"POST {path}"
    for path in (
        *("/f/<form_key>", "/f/<form_key>/inquiries", "/preferences/<token>"),
        "/unsubscribe/<token>",
        *("/hooks/mail/<provider>", "/hooks/sms/inbound", "/hooks/sms/status"),
    )
}
"""What anybody's page may post to: no cookie has a say there. Hooks are signed, and off in tests."""
SIGNALS = {"GET /l/<token>", "GET /o/<token>.gif"}
"""What is itself the news that is written down: an e-mail was opened, a link of it followed."""
REFUSALS = {"NOT_AUTHENTICATED": "401", "NOT_PERMITTED": "403"}


def test_every_address_has_its_row_in_the_table(app: Flask) -> None:
    there = operations.routes(app)
    assert there - set(ROUTES) == set(), "say in role_table.ROUTES who may use these"
    assert set(ROUTES) - there == set(), "these are gone: take them out of role_table.ROUTES"


def test_every_field_of_the_api_has_its_row_in_the_table() -> None:
    there = set(operations.root_fields())
    assert there - set(FIELDS) == set(), "say in role_table.FIELDS who may use these"
    assert set(FIELDS) - there == set(), "these are gone: take them out of role_table.FIELDS"


@pytest.mark.parametrize("route", [route for route in ROUTES if places(route)])
def test_a_stranger_is_asked_about_every_id(route: str) -> None:
    has_id = any(place.endswith("_id") for place in places(route))
    assert (ROUTES[route]["stranger"] == "404") is has_id


@pytest.mark.parametrize("route", ROUTES)
def test_who_may_use_the_address(app: Flask, callers: Callers, targets: Targets, route: str) -> None:
    """The refused first; they, and whoever only reads, leave every row as it was."""
    row = {who: answer for who, answer in ROUTES[route].items() if answer != "-"}
    quiet = [who for who in row if _changes_nothing(route, row[who])]
    requests = {who: _request(targets, callers, route, who) for who in quiet}
    before = _ledger(app, callers.house)
    answers = {who: _said(callers.ask(who, **requests[who])) for who in quiet}
    assert {who: answers[who] for who in quiet} == {who: row[who] for who in quiet}
    assert _ledger(app, callers.house) == before, f"{route} wrote something for {quiet}"
    for who in set(row) - set(quiet):
        answers[who] = _said(callers.ask(who, **_request(targets, callers, route, who)))
        if route.partition(" ")[2] in CHANGE_WHO:
            callers.forget(who)
    assert answers == row


def test_a_post_from_a_page_of_others_does_nothing(app: Flask, callers: Callers, targets: Targets) -> None:
    """The owner's cookie comes along, but neither the token of our forms nor the browser's word."""
    posts = {route for route in ROUTES if not _only_reads(route)} - FROM_ANYWHERE
    requests = {route: _request(targets, callers, route, "owner") for route in posts}
    before = _ledger(app, callers.house)
    answers = {r: callers.ask("owner", ours=False, **request).status_code for r, request in requests.items()}
    assert {route for route, status in answers.items() if status not in (400, 403)} == set()
    assert _ledger(app, callers.house) == before


@pytest.mark.parametrize("name", FIELDS)
def test_who_may_use_the_field(app: Flask, callers: Callers, targets: Targets, name: str) -> None:
    document = operations.document(name, operations.root_fields()[name])
    row = dict(sorted(FIELDS[name].items(), key=lambda cell: cell[1]))
    quiet = [who for who in row if row[who] != "yes" or name.startswith("Query.")]
    for who in row:
        callers.query(who, "{ __typename }")  # signs in, or makes the key
    documents = {who: targets.path(document, None) for who in row}
    before = _ledger(app, callers.house)
    answers = {who: _outcome(callers.query(who, documents[who])) for who in quiet}
    assert _ledger(app, callers.house) == before, f"{name} wrote something for {quiet}"
    answers |= {who: _outcome(callers.query(who, documents[who])) for who in row if who not in quiet}
    assert answers == row


def _changes_nothing(route: str, answer: str) -> bool:
    refused = answer == "login" or answer >= "400"
    reads = _only_reads(route) and route not in SIGNALS
    return reads or (refused and route.partition(" ")[2] not in CHANGE_WHO)


def _only_reads(route: str) -> bool:
    return route.startswith(("GET ", "OPTIONS "))


def _request(targets: Targets, callers: Callers, route: str, who: str) -> dict[str, Any]:
    method, _, path = route.partition(" ")
    body = {} if _only_reads(route) else targets.body(path)
    callers.ready(who)
    theirs = None if who == "stranger" else callers.person(who)
    return {"method": method, "path": targets.path(path, theirs), **body}


def _ledger(app: Flask, house: House) -> dict[str, str]:
    return ledger(app, house.supplier_id, house.stranger.actor.supplier_id)


def _said(answer: TestResponse) -> str:
    if answer.status_code == 302 and answer.location.partition("?")[0] == "/login":
        return "login"
    return str(answer.status_code)


def _outcome(answer: TestResponse) -> str:
    """`yes`, or the status of the error, which comes with nothing that could be told."""
    told = orjson.loads(answer.data)
    errors = told.get("errors", [])
    codes = {error["extensions"]["code"] for error in errors}
    payloads = [value for value in (told.get("data") or {}).values() if isinstance(value, dict)]
    codes |= {error["code"] for payload in payloads for error in payload.get("errors", [])}
    if not codes:
        return "yes"
    assert not any(_leaves(told.get("data"))), f"refused, and told {told['data']}"
    [code] = codes
    return REFUSALS.get(code, code)


def _leaves(told: object, name: str = "") -> list[object]:
    """What the answer tells, but names of types and that nothing was done."""
    if isinstance(told, dict):
        return [leaf for key, value in told.items() for leaf in _leaves(value, key)]
    if isinstance(told, list):
        return [leaf for value in told for leaf in _leaves(value, name)]
    return [] if name in ("__typename", "code", "message", "field") else [told]
