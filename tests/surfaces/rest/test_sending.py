"""How messages look and whom they are from, and the domains that are sent from, over REST."""

from flask import Flask

from app.kernel.actor import Permission
from app.messaging.senders.keys import unlock
from app.models.messaging import SenderDomain
from tests.cast import House
from tests.dns_server import DnsServer
from tests.factories.nurture import one
from tests.surfaces.graphql.conftest import Desk
from tests.surfaces.rest.conftest import Program, problem, program

PRIVATE = slice(8, -3)
"""The lines of a key behind its modulus, which is public."""


def test_the_branding_is_read_and_changed(api: Program, stranger: Program) -> None:
    before = api.get("/branding").json
    assert (before["sender_address"], before["daily_message_cap"]) == (None, 1)
    given = {"brand_color": "#A0285A", "mail_footer": "1 Mill Lane", "weekly_message_cap": 5}
    changed = api.send("PATCH", "/branding", json=given).json
    assert changed["branding"] == before | given | {"brand_color": "#a0285a"}
    cleared = api.send("PATCH", "/branding", json={"brand_color": None}).json["branding"]
    assert cleared == before | given | {"brand_color": None}
    assert api.send("PATCH", "/branding", json={}).json["message"] == "Nothing changed."
    assert stranger.get("/branding").json["mail_footer"] is None


def test_what_is_wrong_is_named(api: Program) -> None:
    wrong = {
        "brand_color": "red",
        "logo_url": "data:image/png;base64,AA",
        "sender_address": "olive@gmail.example",
        "sms_number": "12345",
        "weekly_message_cap": 0,
        "tracks_messages": None,
        "private_key": "x",
    }
    for name, value in wrong.items():
        refused = problem(api.send("PATCH", "/branding", json={name: value}), 422)
        assert refused["errors"][0]["field"] == name
    for domain in ("rosewood", "192.0.2.1", "", None, "x" * 254, "a\x00b.example"):
        refused = problem(api.post("/sender-domains", {"domain": domain}), 422)
        assert refused["errors"][0]["field"] == "domain"


def test_a_domain_from_adding_to_removing(api: Program, stranger: Program, dns: DnsServer) -> None:
    made = api.post("/sender-domains", {"domain": "rosewood.example"})
    assert made.status_code == 201, made.text
    domain = made.json["domain"]
    address = f"/sender-domains/{domain['id']}"
    dkim, dmarc, spf = domain["records"]
    assert [dkim["kind"], dmarc["kind"], spf["kind"]] == ["dkim", "dmarc", "spf"]
    assert (dkim["state"], domain["checked_at"], domain["verified_at"]) == ("unchecked", None, None)
    again = problem(api.post("/sender-domains", {"domain": "ROSEWOOD.example."}), 422)
    assert again["errors"][0]["code"] == "taken"

    dns.texts[dkim["name"]] = [dkim["wanted"]]
    checked = api.post(f"{address}/check", {}).json
    assert checked["message"] == "It is right: e-mails from there are signed."
    assert checked["domain"]["verified_at"] is not None
    assert api.get(address).json == checked["domain"]
    assert api.get("/sender-domains").json == {"domains": [checked["domain"]]}
    assert stranger.get("/sender-domains").json == {"domains": []}
    problem(stranger.post(f"{address}/check", {}), 404)

    api.send("PATCH", "/branding", json={"sender_address": "olive@rosewood.example"})
    problem(api.send("DELETE", address), 409)
    api.send("PATCH", "/branding", json={"sender_address": None})
    assert api.send("DELETE", address).status_code == 204
    problem(api.get(address), 404)


def test_writing_needs_its_scope(desk: Desk, house: House) -> None:
    reader = program(desk, scopes=[Permission.READ, Permission.WRITE_SEQUENCES])
    assert reader.get("/branding").status_code == reader.get("/sender-domains").status_code == 200
    problem(reader.send("PATCH", "/branding", json={"sender_name": "Olive"}), 403)
    problem(reader.post("/sender-domains", {"domain": "rosewood.example"}), 403)
    admin = program(desk, house.admin.actor)
    assert admin.post("/sender-domains", {"domain": "rosewood.example"}).status_code == 201


def test_the_private_key_never_leaves(api: Program, app: Flask, house: House) -> None:
    made = api.post("/sender-domains", {"domain": "rosewood.example"})
    told = [made.text, api.get("/sender-domains").text, api.get("/openapi.json").text]
    with app.app_context():
        row = one(house, SenderDomain)
        key = unlock(row.private_key).decode()
    for text in told:
        assert row.private_key.decode() not in text
        assert not any(line in text for line in key.split("\n")[PRIVATE])
        assert "private_key" not in text
