"""`viewer` and `supplier`: who is asking, and for whom."""

from flask import Flask

from app.kernel.actor import Permission
from tests.surfaces.accounts.browser import signed_in
from tests.surfaces.graphql.conftest import Caller, Desk

VIEWER = "{ viewer { kind role permissions member { fullName email role team { name } } } }"


def test_a_program_is_its_key(desk: Desk) -> None:
    found = desk.caller(scopes=[Permission.READ])(VIEWER)["viewer"]
    assert found == {"kind": "api_key", "role": "owner", "permissions": ["read"], "member": None}


def test_a_person_is_a_member(app: Flask, desk: Desk) -> None:
    member = desk.house.member
    browser = signed_in(app, member)
    answer = browser.client.post(
        "/graphql", json={"query": VIEWER}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.json is not None
    assert answer.json["data"]["viewer"] == {
        "kind": "user",
        "role": "member",
        "permissions": ["read", "write_leads"],
        "member": {"fullName": "Member Person", "email": member.email, "role": "member", "team": None},
    }


def test_the_supplier_is_the_viewers(desk: Desk, ask: Caller, stranger: Caller) -> None:
    fields = (
        "{ supplier { id name timezone currency holidays workingHours members { role } teams { name } } }"
    )
    found = ask(fields)["supplier"]
    assert found["id"] == str(desk.house.supplier_id)
    assert found["name"] == "Rosewood Photography"
    assert (found["timezone"], found["currency"], found["holidays"]) == ("Europe/London", "GBP", [])
    assert [member["role"] for member in found["members"]] == ["owner", "admin", "member", "viewer"]
    assert stranger(fields)["supplier"]["name"] == "Another Venue"


def test_every_role_reads(desk: Desk) -> None:
    for person in (desk.house.owner, desk.house.admin, desk.house.member, desk.house.viewer):
        browser = signed_in(desk.app, person)
        body = {"query": "{ leads { totalCount } viewer { role } }"}
        answer = browser.client.post("/graphql", json=body, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.json == {"data": {"leads": {"totalCount": 0}, "viewer": {"role": person.actor.role}}}
