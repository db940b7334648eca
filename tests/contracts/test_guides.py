"""What the guides tell people to send, sent."""

import json
import re
from datetime import timedelta

import pytest
from flask import Flask

from app.graphql.http import MOST_BYTES
from app.graphql.limits import BOUNDS
from app.kernel import clock
from app.settings import ROOT
from tests.cast import House
from tests.surfaces.graphql.conftest import Caller, Desk
from tests.surfaces.rest.conftest import program
from tests.surfaces.widget.door import Door, door_of

GUIDE = (ROOT / "docs" / "developer.md").read_text()


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


REQUESTS = examples("http")
READS = [text for text in examples("graphql") if not text.startswith("mutation")]
WRITES = [text for text in examples("graphql") if text.startswith("mutation")]


@pytest.fixture
def desk(app: Flask, house: House) -> Desk:
    return Desk(app, house)


@pytest.fixture
def ask(desk: Desk) -> Caller:
    return desk.caller()


@pytest.fixture
def door(app: Flask, house: House) -> Door:
    return door_of(app, house)


def test_there_is_something_to_send() -> None:
    assert (len(READS), len(examples("graphql")), len(examples("json")), len(REQUESTS)) == (5, 14, 1, 12)


@pytest.mark.parametrize("query", READS, ids=["list", "score", "rules", "tasks", "figures"])
def test_the_queries_answer(desk: Desk, ask: Caller, query: str) -> None:
    wedding = (clock.now() + timedelta(200)).date()
    lead_id = desk.lead(wedding_venue="Rose Barn", estimated_budget="5000", wedding_date=wedding)
    found = ask(query, **{"id": str(lead_id)} if "$id" in query else {})
    assert None not in found.values()
    if "leads" in found:
        assert [node["id"] for node in found["leads"]["nodes"]] == [str(lead_id)]


def test_the_mutation_makes_a_lead(ask: Caller) -> None:
    mutation = WRITES[0]
    made = ask(mutation)["createLead"]
    assert (made["success"], made["errors"], made["nurtureSequencesEnrolled"]) == (True, [], ["Welcome"])
    assert made["lead"]["leadScore"] > 0
    again = ask(mutation)["createLead"]
    assert (again["success"], again["errors"][0]["existingId"]) == (False, made["lead"]["id"])


@pytest.mark.parametrize(
    "mutation", WRITES[1:], ids=["update", "call", "many", "booked", "rules", "points", "sequence", "sending"]
)
def test_the_mutations_succeed(desk: Desk, ask: Caller, mutation: str) -> None:
    wedding = (clock.now() + timedelta(800)).date()
    lead_id = str(desk.lead(wedding_date=wedding))
    seen = ask("query ($id: UUID!) { lead(id: $id) { updatedAt } }", id=lead_id)["lead"]["updatedAt"]
    variables = {"id": lead_id, "seen": seen}
    told = ask(mutation, **{name: value for name, value in variables.items() if f"${name}" in mutation})
    assert [payload["errors"] for payload in told.values()] == [[]] * len(told)
    results = told.get("bulkUpdateLeads", {}).get("results", [])
    assert {result["leadId"] for result in results} <= {lead_id}
    assert all(result["success"] for result in results)


@pytest.mark.parametrize("text", REQUESTS, ids=[text.splitlines()[0] for text in REQUESTS])
def test_the_requests_are_answered(desk: Desk, text: str) -> None:
    api = program(desk)
    lead_id = desk.lead(estimated_budget="5000")
    tag = api.get(f"/leads/{lead_id}").headers["ETag"]
    for name, value in (("KEY", api.key), ("LEAD_ID", str(lead_id)), ("ETAG", tag)):
        text = re.sub(rf"\b{name}\b", lambda _, value=value: value, text)
    head, _, body = text.partition("\n\n")
    request, *lines = head.splitlines()
    method, path = request.split()
    headers = dict(line.split(": ", 1) for line in lines)
    answer = desk.app.test_client().open(path, method=method, headers=headers, data=body)
    assert answer.status_code == (201 if method == "POST" else 200), answer.text


def test_the_inquiry_becomes_a_lead_once(door: Door) -> None:
    [body] = examples("json")
    inquiry = json.loads(body) | {"token": door.token()}
    assert [door.post(inquiry).status_code for _ in range(2)] == [201, 200]
    assert door.leads() == 1


def test_the_bounds_are_those_in_force() -> None:
    bounds = re.search(r"A document may be .*?answer\.", GUIDE, re.DOTALL)
    assert bounds
    said = [int(number.replace(",", "")) for number in re.findall(r"[\d,]+\d", bounds[0])]
    assert said == [MOST_BYTES // 1024, BOUNDS.depth, BOUNDS.fields, BOUNDS.aliases, BOUNDS.cost]
