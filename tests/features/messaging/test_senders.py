"""E-mails from a supplier's own domain: keys, what the DNS says, and signatures that anybody can verify."""

from uuid import UUID

import dkim
import pytest
from flask import Flask
from pydantic import ValidationError

from app.kernel import clock
from app.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from app.messaging.senders.checking import check_domain
from app.messaging.senders.domains import DomainWrite, add_domain, measure, remove_domain
from app.messaging.senders.keys import make_pair, unlock
from app.models.accounts import Supplier
from app.models.choices import MessageState
from app.models.messaging import SenderDomain
from tests.cast import House
from tests.dns_server import DnsServer
from tests.factories.nurture import change, one
from tests.fakes import Mailbox
from tests.features.messaging.test_delivery import NOW, deliver, written


def added(house: House, domain: str = "rosewood.example") -> SenderDomain:
    domain_id = add_domain(house.owner.actor, DomainWrite(domain=domain))
    return one(house, SenderDomain, SenderDomain.id == domain_id)


def publish(dns: DnsServer, row: SenderDomain) -> None:
    """Do as the page says."""
    of = measure(row)
    dns.texts[of.dkim_name] = [of.dkim_wanted]


def checked(house: House, domain_id: UUID) -> SenderDomain:
    with clock.at(NOW):
        check_domain(house.owner.actor, domain_id)
    return one(house, SenderDomain, SenderDomain.id == domain_id)


def test_keys_are_kept_encrypted(app: Flask) -> None:
    private, public = make_pair()
    assert b"PRIVATE" not in private
    assert unlock(private).startswith(b"-----BEGIN RSA PRIVATE KEY-----")
    assert len(public) == 392  # an RSA key of 2048 bits


def test_a_domain_is_added_once_and_removed(house: House) -> None:
    row = added(house, " Rosewood.Example. ")
    assert (row.domain, row.verified_at, row.findings) == ("rosewood.example", None, {})
    assert row.selector.startswith("wedsync-")
    with pytest.raises(InvalidInput, match="is there already"):
        added(house)
    assert added(house, "blütenhaus.example").domain == "xn--bltenhaus-r9a.example"
    change(house, Supplier, house.supplier_id, sender_address="olive@rosewood.example")
    with pytest.raises(Conflict, match="Your e-mails are from"):
        remove_domain(house.owner.actor, row.id)
    change(house, Supplier, house.supplier_id, sender_address=None)
    remove_domain(house.owner.actor, row.id)
    with pytest.raises(NotFound):
        check_domain(house.owner.actor, row.id)


TOO_LONG = ("x" * 300, f"{'x.' * 110}example", f"{'ü.' * 60}example")
"""The last one as the DNS has it."""


@pytest.mark.parametrize(
    "domain", ["rosewood", "ro se.example", "192.0.2.1", "-a.example", "a..example", "a_b.example", *TOO_LONG]
)
def test_what_is_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(ValidationError):
        DomainWrite(domain=domain)


def test_domains_are_the_owners_and_admins_of_that_supplier(house: House) -> None:
    row = added(house)
    with pytest.raises(NotPermitted):
        add_domain(house.member.actor, DomainWrite(domain="other.example"))
    for act in (check_domain, remove_domain):
        with pytest.raises(NotFound):
            act(house.stranger.actor, row.id)


def test_nothing_there_says_what_to_add(house: House, dns: DnsServer) -> None:
    row = checked(house, added(house).id)
    states = {name: finding["state"] for name, finding in row.findings.items()}
    assert states == {"dkim": "missing", "dmarc": "missing", "spf": "missing"}
    assert (row.checked_at, row.verified_at) == (NOW, None)
    assert row.findings["dkim"]["name"] == f"{row.selector}._domainkey.rosewood.example"
    assert row.findings["dkim"]["wanted"] == f"v=DKIM1; k=rsa; p={row.public_key}"
    assert row.findings["dmarc"]["wanted"] == "v=DMARC1; p=none"
    assert row.findings["spf"]["wanted"] == "v=spf1 include:localhost.localdomain ~all"
    assert "TXT record" in row.findings["dkim"]["to_do"]


def test_all_there_is_verified(house: House, dns: DnsServer) -> None:
    row = added(house)
    publish(dns, row)
    dns.texts["_dmarc.rosewood.example"] = ["v=DMARC1; p=quarantine; rua=mailto:a@rosewood.example"]
    dns.texts["rosewood.example"] = ["google-site=1", "v=spf1 mx include:localhost.localdomain -all"]
    row = checked(house, row.id)
    assert {finding["state"] for finding in row.findings.values()} == {"right"}
    assert row.verified_at == NOW


@pytest.mark.parametrize(
    ("record", "name", "texts", "wanted"),
    [
        ("dkim", "{dkim}", ["v=DKIM1; k=rsa; p=AAAA"], None),
        ("dkim", "{dkim}", ["{wanted}", "v=DKIM1; p=AAAA"], None),
        ("dmarc", "_dmarc.rosewood.example", ["v=DMARC1; p=everything"], None),
        ("dmarc", "_dmarc.rosewood.example", ["v=DMARC1; p=none", "v=DMARC1; p=reject"], None),
        ("spf", "rosewood.example", ["v=spf1 mx -all"], "v=spf1 include:localhost.localdomain mx -all"),
        ("spf", "rosewood.example", ["v=spf1 mx", "v=spf1 a"], "v=spf1 include:localhost.localdomain ~all"),
    ],
)
def test_what_is_wrong_is_shown_with_what_is_wanted(
    house: House, dns: DnsServer, record: str, name: str, texts: list[str], wanted: str | None
) -> None:
    row = added(house)
    of = measure(row)
    texts = [text.replace("{wanted}", of.dkim_wanted) for text in texts]
    dns.texts[name.replace("{dkim}", of.dkim_name)] = texts
    finding = checked(house, row.id).findings[record]
    assert (finding["state"], sorted(finding["found"])) == ("wrong", sorted(text[:500] for text in texts))
    assert wanted is None or finding["wanted"] == wanted


def test_a_silent_dns_changes_nothing_and_a_record_that_is_gone_ends_it(house: House, dns: DnsServer) -> None:
    row = added(house)
    publish(dns, row)
    name = measure(row).dkim_name
    checked(house, row.id)
    dns.failing.add(name)
    silent = checked(house, row.id)
    assert (silent.findings["dkim"]["state"], silent.verified_at) == ("unknown", NOW)
    dns.failing.clear()
    del dns.texts[name]
    assert checked(house, row.id).verified_at is None


def test_an_email_from_a_verified_domain_is_signed_so_that_anybody_can_verify_it(
    house: House, dns: DnsServer, mailbox: Mailbox
) -> None:
    row = added(house)
    publish(dns, row)
    checked(house, row.id)
    change(house, Supplier, house.supplier_id, sender_address="olive@rosewood.example")
    message = deliver(house, written(house, couple_name_bride="Änne"))
    assert message.state is MessageState.ACCEPTED
    (mail,) = mailbox.messages
    (raw,) = mailbox.raw
    assert mail["From"] == "Rosewood Photography <olive@rosewood.example>"
    assert mail["Message-ID"] == f"<{message.id}@rosewood.example>"
    assert mailbox.senders == ["leads@localhost.localdomain"]

    def record(name: bytes, timeout: int = 5) -> bytes:
        return dns.texts[name.decode().rstrip(".")][0].encode()

    assert dkim.verify(raw, dnsfunc=record)
    assert not dkim.verify(raw.replace(b"Hello", b"Hullo"), dnsfunc=record)
    assert not dkim.verify(raw.replace(b"One-Click", b"Two-Click"), dnsfunc=record)


def test_a_key_that_the_secret_does_not_open_signs_nothing(
    house: House, dns: DnsServer, mailbox: Mailbox
) -> None:
    row = added(house)
    publish(dns, row)
    checked(house, row.id)
    change(house, SenderDomain, row.id, private_key=b"made with another secret")
    change(house, Supplier, house.supplier_id, sender_address="olive@rosewood.example")
    deliver(house, written(house))
    assert mailbox.messages[0]["From"] == "Rosewood Photography <leads@localhost.localdomain>"


@pytest.mark.parametrize("verified", [True, False])
def test_without_a_verified_domain_or_address_an_email_is_the_operators(
    house: House, dns: DnsServer, mailbox: Mailbox, verified: bool
) -> None:
    row = added(house)
    if verified:
        publish(dns, row)
        checked(house, row.id)
    else:
        change(house, Supplier, house.supplier_id, sender_address="olive@rosewood.example")
    deliver(house, written(house))
    (mail,) = mailbox.messages
    assert mail["From"] == "Rosewood Photography <leads@localhost.localdomain>"
    assert mail["DKIM-Signature"] is None


def test_another_suppliers_domain_of_that_name_signs_nothing(
    house: House, dns: DnsServer, mailbox: Mailbox
) -> None:
    theirs = add_domain(house.stranger.actor, DomainWrite(domain="rosewood.example"))
    with clock.at(NOW):
        check_domain(house.stranger.actor, theirs)
    added(house)
    change(house, Supplier, house.supplier_id, sender_address="olive@rosewood.example")
    deliver(house, written(house))
    assert mailbox.messages[0]["From"] == "Rosewood Photography <leads@localhost.localdomain>"


def test_the_longest_domain_has_room_for_its_records(house: House, dns: DnsServer) -> None:
    domain = f"{'x' * 60}.{'y' * 60}.{'z' * 60}.{'w' * 34}.example"
    row = added(house, domain)
    assert (len(domain), len(measure(row).dkim_name)) == (225, 253)
    publish(dns, row)
    assert checked(house, row.id).verified_at == NOW
