"""The addresses that are not written to, over REST."""

from flask import Flask

from app.kernel.actor import Permission
from app.kernel.uow import unit_of_work
from app.messaging.suppressions import suppress
from app.models.choices import Channel, SuppressionReason
from tests.cast import House
from tests.surfaces.graphql.conftest import Desk
from tests.surfaces.rest.conftest import Program, problem, program

EMMA = {"channel": "email", "address": "emma@example.com"}


def test_an_address_is_added_asked_listed_and_removed(api: Program, stranger: Program) -> None:
    made = api.post("/suppressions", EMMA | {"note": "On the phone"})
    assert made.status_code == 201, made.text
    row = made.json["suppression"]
    assert (row["channel"], row["reason"], row["note"]) == ("email", "manual", "On the phone")
    assert api.post("/suppressions/look-up", {"address": "EMMA@example.com"}).json == {"suppression": row}
    assert stranger.post("/suppressions/look-up", EMMA).json == {"suppression": None}
    assert api.get(f"/suppressions/{row['id']}").json == row
    problem(stranger.get(f"/suppressions/{row['id']}"), 404)
    listed = api.get("/suppressions?channel=email&reason=manual").json
    assert (listed["suppressions"], listed["pagination"]["total"]) == ([row], 1)
    assert api.get("/suppressions?reason=complaint").json["suppressions"] == []
    again = problem(api.post("/suppressions", EMMA), 409)
    assert again["existing_id"] == row["id"]
    assert api.send("DELETE", f"/suppressions/{row['id']}").status_code == 204
    assert api.get("/suppressions").json["pagination"]["total"] == 0


def test_what_is_wrong_is_named(api: Program) -> None:
    for wrong in ({"address": "emma"}, {"channel": "sms", "address": "020 7946 0958"}, {}):
        refused = problem(api.post("/suppressions", wrong), 422)
        assert refused["errors"][0]["field"] == "address"
    problem(api.get("/suppressions?reason=bored"), 422)


def test_a_bounce_needs_an_owner_and_a_reason(desk: Desk, app: Flask, house: House, api: Program) -> None:
    with app.app_context(), unit_of_work(house.supplier_id) as session:
        why = SuppressionReason.HARD_BOUNCE
        suppress(session, house.supplier_id, Channel.EMAIL, EMMA["address"], why)
    [row] = api.get("/suppressions").json["suppressions"]
    address = f"/suppressions/{row['id']}"
    admin = program(desk, house.admin.actor)
    problem(admin.send("DELETE", f"{address}?reason=They+wrote"), 403)
    scoped = program(desk, scopes=[Permission.READ, Permission.MANAGE_SUPPLIER])
    problem(scoped.send("DELETE", f"{address}?reason=They+wrote"), 403)
    problem(api.send("DELETE", address), 422)
    assert api.send("DELETE", f"{address}?reason=They+wrote").status_code == 204
