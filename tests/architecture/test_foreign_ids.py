"""Another supplier's id is answered like an unknown one, to the byte, and writes nothing.

Generated from the URL map and the schema: an address or an argument with an id that we cannot fill in
fails here, and says where to say how.
"""

import re
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from uuid_utils.compat import uuid7
from werkzeug.test import TestResponse

from app.kernel.uow import unit_of_work
from app.models.leads import Lead, Task
from tests.architecture import operations, role_table
from tests.architecture.callers import Callers
from tests.architecture.ledger import ledger
from tests.architecture.targets import Targets, places
from tests.cast import House

ROUTES = [r for r in role_table.read(role_table.ROUTES, names=2) if any(p.endswith("_id") for p in places(r))]
GUISES = {
    "page": {},
    "fragment": {"HX-Request": "true"},
    "program": {"Accept": "application/json"},
}
"""Every way in which errors are told."""
CHOSEN = {
    ("Mutation.createSavedView", "input"),
    ("Mutation.sendReply", "messageId"),
    ("Mutation.sendStepNow", "stepId"),
    ("Mutation.skipStep", "stepId"),
    ("Mutation.updateSavedView", "input"),
}
"""Ids that name nothing there: the caller makes them up or says what was seen, or a view keeps them."""
IDS = sorted(asked for asked in operations.id_arguments() if asked[:2] not in CHOSEN)
SECRETS = {"calendar_key", "form_key", "token"}
"""What is in an address and says by itself that its bearer may."""
PLAIN = {"field", "filename", "number", "provider", "ready_made_key", "sort", "trade"}
MASKED = re.compile('csrf.token"[^>]+')
"""The token of our forms changes by the second."""
OWN = {"Set-Cookie", "X-Request-ID"}
"""Headers of this one request."""


def test_every_place_in_an_address_is_an_id_or_known_to_be_none(app: Flask) -> None:
    unknown = {
        route
        for route in operations.routes(app)
        for place in places(route)
        if not place.endswith("_id") and place not in SECRETS | PLAIN
    }
    assert unknown == set(), "name these `…_id`, or add them to SECRETS or PLAIN"


@pytest.mark.parametrize("route", ROUTES)
def test_an_address_with_a_foreign_id(app: Flask, callers: Callers, targets: Targets, route: str) -> None:
    """In every guise, with a body that is right and with none."""
    method, _, path = route.partition(" ")
    theirs = targets.path(path, None)
    plain = path.replace("<sort>", "email").replace("<number>", "1")
    unknown = re.sub(r"<\w+>", lambda _: str(uuid7()), plain)
    asked = [
        (guise, body) for guise in GUISES for body in ([{}] if method == "GET" else [targets.body(path), {}])
    ]
    callers.ready("stranger")
    before = _ledger(app, callers.house)
    for guise, body in asked:
        told = [_told(callers, method, address, guise, body) for address in (theirs, unknown)]
        assert told[0] == told[1], guise
        assert told[0][0] == 404, guise
    assert _ledger(app, callers.house) == before


@pytest.mark.parametrize(("name", "argument", "value"), IDS)
def test_a_field_with_a_foreign_id(
    app: Flask, callers: Callers, targets: Targets, name: str, argument: str, value: str
) -> None:
    """Its own supplier's people find something there, so that what the stranger is told is no accident.

    What else the operation names is the asker's own."""
    document = operations.document(name, operations.root_fields()[name], {argument: value})
    for who in ("owner", "stranger"):
        callers.ready(who)
    ours = {"owner": targets.path(document, None), "stranger": _of_stranger(targets).path(document, None)}
    theirs, unknown = _existing(app, callers.house, targets, (name, argument, value)), uuid7()
    before = _ledger(app, callers.house)
    there, nowhere = (_asked(callers, "stranger", ours["stranger"], given) for given in (theirs, unknown))
    assert there == nowhere
    assert _ledger(app, callers.house) == before
    found = _asked(callers, "owner", ours["owner"], theirs)
    assert found != there, "nothing is at this id: make something in `_existing`"


def test_only_fields_at_the_root_take_ids() -> None:
    """One further down would need a way there: ask for it here when there is one."""
    assert {name for name, _, _ in IDS} <= set(operations.root_fields())


def test_a_team_of_another_supplier_cannot_be_given(
    app: Flask, house: House, callers: Callers, targets: Targets
) -> None:
    """An id in a form: the stranger puts a member of theirs into our team."""
    path = f"/settings/team/{house.stranger.user_id}/availability"
    callers.ready("stranger")
    team_id = targets.path("<team_id>", None)
    before = _ledger(app, house)
    told = [
        _told(callers, "POST", path, "program", {"data": {"team_id": given}}) for given in (team_id, uuid7())
    ]
    assert told[0] == told[1]
    assert told[0][0] in (404, 422)
    assert _ledger(app, house) == before


@pytest.mark.parametrize("address", ["/leads?assigned_to=<user_id>"])
def test_a_filter_of_a_list_with_a_foreign_id(
    app: Flask, house: House, callers: Callers, targets: Targets, address: str
) -> None:
    theirs = targets.path(address, None)
    unknown = re.sub(r"<\w+>", lambda _: str(uuid7()), address)
    told = [callers.ask("stranger", "GET", path) for path in (theirs, unknown)]
    pages = [
        MASKED.sub("…", page.text.replace(path[-36:], "…"))
        for page, path in zip(told, (theirs, unknown), strict=True)
    ]
    assert told[0].status_code == told[1].status_code == 200
    assert pages[0] == pages[1]


NAMED = {
    "assignedTo": "<assignee_id>",
    "assignedToUserId": "<assignee_id>",
    "emailTemplateId": "<email_template_id>",
    "ids": "<lead_id>",
    "leadId": "<lead_id>",
    "nurtureSequenceId": "<sequence_id>",
    "ruleGroupId": "<group_id>",
    "ruleId": "<rule_id>",
    "ruleIds": "<rule_id>",
    "smsTemplateId": "<sms_template_id>",
    "stepKeys": "<step_id>",
    "taskTemplateId": "<task_template_id>",
    "teamId": "<team_id>",
    "userId": "<assignee_id>",
}
"""What the ids within inputs name."""


def _existing(app: Flask, house: House, targets: Targets, asked: tuple[str, str, str]) -> UUID:
    """The id of something of the house that this argument, or the field of its input, may name."""
    name, argument, value = asked
    inner = re.findall(r"(\w+): \[?\"\{id\}", value)
    place = NAMED[inner[0]] if inner else _place(name, argument)
    if (name, argument) == ("Query.tasks", "filter"):
        task_id = UUID(targets.path("<task_id>", None))
        with app.app_context(), unit_of_work(house.supplier_id) as session:
            task = session.get_one(Task, (house.supplier_id, task_id))
            task.assigned_to_user_id = house.owner.user_id
            return house.owner.user_id if place == "<assignee_id>" else task.lead_id
    if argument in ("filter", "input") and place == "<assignee_id>":
        lead_id = UUID(targets.path("<lead_id>", None))
        with app.app_context(), unit_of_work(house.supplier_id) as session:
            lead = session.get_one(Lead, (house.supplier_id, lead_id))
            lead.assigned_to_user_id = house.owner.user_id
    return UUID(targets.path(place, None))


def _place(name: str, argument: str) -> str:
    """What an argument of its own names; one that may be left out is called for it."""
    needed = operations.ARGUMENTS.get(f"{name}({argument})")
    return needed.strip('"') if needed else NAMED[argument]


def _of_stranger(targets: Targets) -> Targets:
    """What is the stranger's own."""
    stranger = targets.house.stranger
    theirs = replace(targets.house, supplier_id=stranger.actor.supplier_id, owner=stranger)
    return Targets(targets.app, theirs)


def _ledger(app: Flask, house: House) -> dict[str, str]:
    return ledger(app, house.supplier_id, house.stranger.actor.supplier_id)


def _told(
    callers: Callers, method: str, path: str, guise: str, body: dict[str, Any]
) -> tuple[int, str, list[tuple[str, str]]]:
    """All that the stranger is told, but what belongs to the request and the id that they gave."""
    answer = callers.ask("stranger", method, path, headers=GUISES[guise], **body)
    text = MASKED.sub("…", answer.text.replace(path, "…"))
    request_id = answer.headers.get("X-Request-Id")
    return answer.status_code, text.replace(request_id or "…", "…"), _headers(answer)


def _headers(answer: TestResponse) -> list[tuple[str, str]]:
    return sorted((name, value) for name, value in answer.headers if name not in OWN)


def _asked(callers: Callers, who: str, document: str, given: UUID) -> tuple[int, str]:
    """What `who` is told about that id."""
    answer = callers.query(who, document.replace("{id}", str(given)))
    return answer.status_code, answer.text.replace(str(given), "…")
