"""How messages look and whom they are from, and the domains that are sent from, over GraphQL."""

from typing import Any

import pytest
from flask import Flask

from app.messaging.senders.keys import unlock
from app.models.accounts import AuditEntry
from app.models.messaging import SenderDomain
from tests.cast import House
from tests.dns_server import DnsServer
from tests.factories.nurture import one, rows
from tests.surfaces.graphql.conftest import Caller, Desk

ERRORS = "success message errors { field code message existingId }"
BRANDING = """senderName replyTo senderAddress smsNumber dailyMessageCap weeklyMessageCap tracksMessages
    brandColor logoUrl mailFooter"""
UPDATE = f"""mutation ($input: BrandingUpdateInput!) {{ updateBranding(input: $input) {{
    {ERRORS} supplier {{ {BRANDING} }} }} }}"""
READ = f"{{ supplier {{ {BRANDING} }} }}"
DOMAIN = "id domain checkedAt verifiedAt records { kind state name wanted found toDo }"
ADD = f"""mutation ($domain: String!) {{ addSenderDomain(input: {{domain: $domain}}) {{
    {ERRORS} domain {{ {DOMAIN} }} }} }}"""
CHECK = f"""mutation ($id: UUID!) {{ checkSenderDomain(id: $id) {{ {ERRORS} domain {{ {DOMAIN} }} }} }}"""
REMOVE = f"mutation ($id: UUID!) {{ removeSenderDomain(id: $id) {{ {ERRORS} domainId }} }}"
ONE = f"query ($id: UUID!) {{ senderDomain(id: $id) {{ {DOMAIN} }} }}"
LIST = """query ($after: String) { senderDomains(first: 2, after: $after) {
    totalCount nodes { domain } pageInfo { endCursor hasNextPage } } }"""


def do(ask: Caller, document: str, **variables: Any) -> Any:
    [payload] = ask(document, **variables).values()
    return payload


def problem(payload: Any) -> tuple[str | None, str]:
    assert not payload["success"]
    return payload["errors"][0]["field"], payload["errors"][0]["message"]


def test_what_is_absent_stays_and_null_clears(ask: Caller, app: Flask, house: House) -> None:
    given = {
        "senderName": "Olive",
        "brandColor": "#A0285A",
        "logoUrl": "https://rosewood.example/logo.png",
        "mailFooter": "1 Mill Lane\nStroud",
        "weeklyMessageCap": 5,
        "tracksMessages": False,
    }
    made = do(ask, UPDATE, input=given)
    assert made["success"], made
    assert made["supplier"].items() >= (given | {"brandColor": "#a0285a", "dailyMessageCap": 1}).items()
    cleared = do(ask, UPDATE, input={"logoUrl": None, "mailFooter": " ", "dailyMessageCap": 2})["supplier"]
    assert (cleared["logoUrl"], cleared["mailFooter"], cleared["senderName"]) == (None, None, "Olive")
    assert do(ask, READ) == cleared
    same = do(ask, UPDATE, input={"dailyMessageCap": 2})
    assert (same["success"], same["message"]) == (True, "Nothing changed.")
    with app.app_context():
        audited = rows(house, AuditEntry, AuditEntry.table_name == "suppliers")
    assert audited[-1].after == {"logo_url": None, "mail_footer": None, "daily_message_cap": 2}


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"brandColor": "red"}, "brandColor", "pattern"),
        ({"logoUrl": "javascript:alert(1)"}, "logoUrl", "https://"),
        ({"logoUrl": "http://rosewood.example/a.png"}, "logoUrl", "https://"),
        ({"senderAddress": "olive@gmail.example"}, "senderAddress", "Add the domain gmail.example first"),
        ({"senderAddress": "olive\r\nBcc: x@y.example"}, "senderAddress", ""),
        ({"senderName": "Olive\u202eevilO"}, "senderName", "control character"),
        ({"smsNumber": "12345"}, "smsNumber", "Give the whole number"),
        ({"dailyMessageCap": 4}, "weeklyMessageCap", "no fewer"),
        ({"dailyMessageCap": 11}, "dailyMessageCap", "10"),
        ({"dailyMessageCap": None}, "dailyMessageCap", "integer"),
        ({"mailFooter": "x" * 1001}, "mailFooter", "1000"),
        ({"replyTo": "a@b"}, "replyTo", ""),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    ask: Caller, given: dict[str, Any], field: str, said: str
) -> None:
    before = do(ask, READ)
    named, message = problem(do(ask, UPDATE, input=given))
    assert named == field
    assert said in message
    assert do(ask, READ) == before


def test_a_domain_is_added_published_checked_and_made_the_sender(ask: Caller, dns: DnsServer) -> None:
    made = do(ask, ADD, domain="Rosewood.example")["domain"]
    records = {record["kind"]: record for record in made["records"]}
    assert {record["state"] for record in records.values()} == {"unchecked"}
    assert records["dkim"]["name"].endswith("._domainkey.rosewood.example")
    assert "TXT" in records["dkim"]["toDo"]
    assert records["dmarc"]["wanted"] == "v=DMARC1; p=none"

    missing = do(ask, CHECK, id=made["id"])
    assert missing["message"] == "Not right yet; its records say what to do."
    assert (missing["domain"]["records"][0]["state"], missing["domain"]["verifiedAt"]) == ("missing", None)
    dns.texts[records["dkim"]["name"]] = [records["dkim"]["wanted"]]
    dns.failing.add("_dmarc.rosewood.example")
    right = do(ask, CHECK, id=made["id"])
    assert right["message"] == "It is right: e-mails from there are signed."
    assert [record["state"] for record in right["domain"]["records"]] == ["right", "unknown", "missing"]
    assert right["domain"]["verifiedAt"] == right["domain"]["checkedAt"]
    assert do(ask, ONE, id=made["id"]) == right["domain"]
    assert do(ask, UPDATE, input={"senderAddress": "olive@rosewood.example"})["success"]

    assert "Choose another sender address first" in problem(do(ask, REMOVE, id=made["id"]))[1]
    do(ask, UPDATE, input={"senderAddress": None})
    assert do(ask, REMOVE, id=made["id"])["domainId"] == made["id"]
    assert do(ask, ONE, id=made["id"]) is None


def test_they_are_paged_bounded_and_of_their_supplier(ask: Caller, stranger: Caller) -> None:
    ids = [do(ask, ADD, domain=f"d{number}.example")["domain"]["id"] for number in range(10)]
    assert "There may be 10 domains" in problem(do(ask, ADD, domain="d10.example"))[1]
    page = do(ask, LIST)
    assert (page["totalCount"], [row["domain"] for row in page["nodes"]]) == (
        10,
        ["d0.example", "d1.example"],
    )
    rest = do(ask, LIST, after=page["pageInfo"]["endCursor"])
    assert [row["domain"] for row in rest["nodes"]] == ["d2.example", "d3.example"]
    assert do(stranger, LIST)["totalCount"] == 0
    assert do(stranger, ONE, id=ids[0]) is None
    for document in (CHECK, REMOVE):
        assert do(stranger, document, id=ids[0])["errors"][0]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("domain", "said"),
    [
        ("rosewood", "a dot"),
        ("192.0.2.1", "a dot"),
        ("ro se.example", "after the @"),
        ("rosewood.example\r\nx", "after the @"),
        ("x" * 254, "225"),
        (" ", ""),
    ],
)
def test_what_is_no_domain_is_refused(ask: Caller, domain: str, said: str) -> None:
    field, message = problem(do(ask, ADD, domain=domain))
    assert field == "domain"
    assert said in message


def test_the_private_key_never_leaves(desk: Desk, app: Flask, house: House, dns: DnsServer) -> None:
    """Nor does its encrypted form, nor the word for it, in whatever is told or recorded."""
    ask = desk.caller()
    made = ask.send(ADD, {"domain": "rosewood.example"})
    assert made.json is not None
    domain_id = made.json["data"]["addSenderDomain"]["domain"]["id"]
    told = [made.text, ask.send(CHECK, {"id": domain_id}).text, ask.send(ONE, {"id": domain_id}).text]
    with app.app_context():
        row = one(house, SenderDomain)
        key = unlock(row.private_key).decode()
        audited = [str((entry.before, entry.after)) for entry in rows(house, AuditEntry)]
    secrets = [row.private_key.decode(), *key.split("\n")[8:-3], "PRIVATE KEY"]  # behind the public modulus
    for text in (*told, *audited):
        assert not any(secret in text for secret in secrets)
    assert ask.send("{ senderDomains { nodes { privateKey } } }").json["errors"]  # type: ignore[index]
    kinds = ask('{ __type(name: "SenderDomain") { fields { name } } }')["__type"]["fields"]
    assert not any("key" in field["name"].lower() for field in kinds)
