"""The records of a domain change after it was set up: a look every day sees it, and tells it once."""

import threading
from datetime import timedelta
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import QueuePool

from app.accounts import mail
from app.accounts.schemas import Notices
from app.accounts.service import update_notices
from app.kernel import clock
from app.kernel.db import db
from app.messaging.senders.checking import check_domain
from app.messaging.senders.domains import DomainWrite, add_domain, measure, remove_domain
from app.messaging.senders.nightly import AGAIN, EVERY, look_by_night
from app.models.accounts import Supplier
from app.models.choices import NoticeKind
from app.models.messaging import SenderDomain
from app.models.notices import Notice
from app.workflows.sweep import KINDS
from app.workflows.tell_member import tell_member
from tests.cast import House
from tests.dns_server import DnsServer
from tests.factories.nurture import change, one, rows
from tests.features.messaging.test_delivery import NOW

NIGHT = NOW + timedelta(days=1, hours=1)
DMARC, SPF = "_dmarc.rosewood.example", "rosewood.example"


@pytest.fixture
def domain(house: House, dns: DnsServer) -> SenderDomain:
    """One that is all right, and the sender; its next look is a day after `NOW`."""
    domain_id = add_domain(house.owner.actor, DomainWrite(domain="rosewood.example"))
    of = measure(kept(house))
    dns.texts[of.dkim_name] = [of.dkim_wanted]
    dns.texts[DMARC] = ["v=DMARC1; p=none"]
    dns.texts[SPF] = ["v=spf1 include:localhost.localdomain ~all"]
    with clock.at(NOW):
        check_domain(house.owner.actor, domain_id)
    change(house, SenderDomain, domain_id, look_at=NOW + EVERY)
    change(house, Supplier, house.supplier_id, sender_address="olive@rosewood.example")
    return kept(house)


def kept(house: House) -> SenderDomain:
    return one(house, SenderDomain)


def look(house: House, domain: SenderDomain, at: Any = NIGHT) -> SenderDomain:
    with clock.at(at):
        look_by_night(house.supplier_id, domain.id)
    return kept(house)


def told(house: House) -> list[Notice]:
    return rows(house, Notice, Notice.kind == NoticeKind.DOMAIN)


def states(row: SenderDomain) -> dict[str, str]:
    return {name: finding["state"] for name, finding in row.findings.items()}


def test_what_is_right_stays_right_and_the_next_look_is_a_day_later(
    house: House, domain: SenderDomain, dns: DnsServer
) -> None:
    row = look(house, domain)
    assert (row.checked_at, row.verified_at, told(house)) == (NIGHT, NOW, [])
    assert EVERY - timedelta(hours=1) <= row.look_at - NIGHT <= EVERY
    dns.asked.clear()
    assert look(house, domain, NIGHT + timedelta(hours=22)).checked_at == NIGHT
    assert dns.asked == []


def test_a_record_that_is_gone_is_told_once_to_owner_and_admin(
    house: House, domain: SenderDomain, dns: DnsServer
) -> None:
    del dns.texts[measure(domain).dkim_name]
    row = look(house, domain)
    assert (states(row)["dkim"], row.verified_at) == ("missing", None)
    assert {notice.user_id for notice in told(house)} == {house.owner.user_id, house.admin.user_id}
    for night in (2, 3):
        look(house, domain, NIGHT + night * EVERY)
    assert len(told(house)) == 2


def test_mended_and_lost_again_is_told_again(house: House, domain: SenderDomain, dns: DnsServer) -> None:
    of = measure(domain)
    del dns.texts[of.dkim_name]
    look(house, domain)
    dns.texts[of.dkim_name] = [of.dkim_wanted]
    assert look(house, domain, NIGHT + EVERY).verified_at == NIGHT + EVERY
    dns.texts[of.dkim_name] = ["v=DKIM1; p="]
    look(house, domain, NIGHT + 2 * EVERY)
    assert len(told(house)) == 4


@pytest.mark.parametrize(
    ("name", "texts", "is_told"),
    [
        (DMARC, None, True),
        (DMARC, ["v=DMARC1; p=everything"], True),
        (SPF, ["v=spf1 a", "v=spf1 mx"], True),
        (SPF, None, False),
    ],
)
def test_the_policy_and_a_broken_list_of_servers_count_too(
    house: House, domain: SenderDomain, dns: DnsServer, name: str, texts: list[str] | None, is_told: bool
) -> None:
    del dns.texts[name]
    if texts:
        dns.texts[name] = texts
    row = look(house, domain)
    assert (row.verified_at, bool(told(house))) == (NOW, is_told)


def test_a_dns_that_does_not_answer_is_no_verdict(house: House, domain: SenderDomain, dns: DnsServer) -> None:
    """What was known stays, the next try is within the hour, and what is lost by then is told."""
    of = measure(domain)
    dns.failing |= {of.dkim_name, DMARC, SPF}
    row = look(house, domain)
    assert (set(states(row).values()), row.verified_at, told(house)) == ({"right"}, NOW, [])
    assert row.look_at == NIGHT + AGAIN
    dns.failing.clear()
    del dns.texts[DMARC]
    assert states(look(house, domain, NIGHT + AGAIN))["dmarc"] == "missing"
    assert told(house)


def test_a_domain_that_was_never_right_is_verified_by_night_and_nobody_is_told_that_it_is_not(
    house: House, dns: DnsServer
) -> None:
    add_domain(house.owner.actor, DomainWrite(domain="rosewood.example"))
    row = kept(house)
    change(house, SenderDomain, row.id, look_at=NIGHT)
    assert (states(look(house, row))["dkim"], told(house)) == ("missing", [])
    of = measure(row)
    dns.texts[of.dkim_name] = [of.dkim_wanted]
    assert look(house, row, NIGHT + EVERY).verified_at == NIGHT + EVERY


def test_three_at_once_ask_once_and_tell_once(
    app: Flask, house: House, domain: SenderDomain, dns: DnsServer
) -> None:
    del dns.texts[measure(domain).dkim_name]
    dns.asked.clear()

    def work() -> None:
        with app.app_context(), clock.at(NIGHT):
            look_by_night(house.supplier_id, domain.id)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(dns.asked), len(told(house))) == (3, 2)


def test_no_connection_is_held_while_the_dns_is_asked(
    house: House, domain: SenderDomain, dns: DnsServer
) -> None:
    held, pool = list[int](), cast(QueuePool, db.engine.pool)
    dns.when_asked = lambda: held.append(pool.checkedout())
    look(house, domain)
    check_domain(house.owner.actor, domain.id)
    assert (set(held), len(held)) == ({0}, 6)


def test_whoever_looks_meanwhile_knows_better(
    app: Flask, house: House, domain: SenderDomain, dns: DnsServer
) -> None:
    """The supplier checks by hand while the look of the night is still asking."""
    del dns.texts[measure(domain).dkim_name]

    def check() -> None:
        dns.when_asked = lambda: None
        with app.app_context():
            change(house, SenderDomain, domain.id, checked_at=NIGHT)

    dns.when_asked = check
    row = look(house, domain, NIGHT + timedelta(seconds=4))
    assert (states(row)["dkim"], row.checked_at, row.verified_at) == ("right", NIGHT, NOW)
    assert told(house) == []


def test_a_domain_that_goes_while_it_is_looked_at(
    app: Flask, house: House, domain: SenderDomain, dns: DnsServer
) -> None:
    change(house, Supplier, house.supplier_id, sender_address=None)

    def remove() -> None:
        dns.when_asked = lambda: None
        with app.app_context():
            remove_domain(house.owner.actor, domain.id)

    dns.when_asked = remove
    with clock.at(NIGHT):
        look_by_night(house.supplier_id, domain.id)
        look_by_night(house.supplier_id, domain.id)
    assert rows(house, SenderDomain) == []


def test_the_sweep_rings_for_it_behind_what_cannot_wait(house: House, domain: SenderDomain) -> None:
    [kind] = [kind for kind in KINDS if kind.name == "domains"]
    with db.engines["sweeper"].connect() as connection:
        due = {at: connection.execute(kind.due(at)).all() for at in (NOW, NIGHT)}
    mine = (house.supplier_id, domain.id)
    assert (mine in due[NOW], mine in due[NIGHT], kind.queue) == (False, True, "background")


def test_the_letter_says_which_record_and_whom_e_mails_are_from(
    house: House, domain: SenderDomain, dns: DnsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_letters: list[bytes] = []
    monkeypatch.setattr(mail, "keep", kept_letters.append)
    update_notices(house.admin.actor, Notices())
    of = measure(domain)
    del dns.texts[of.dkim_name]
    look(house, domain)
    [notice] = told(house)
    with clock.at(NIGHT):
        for _ in range(2):
            tell_member(house.supplier_id, notice.id)
    [letter] = kept_letters
    said = letter.decode()
    for part in ("rosewood.example", of.dkim_name, "leads@localhost.localdomain", "/settings/sending"):
        assert part in said.replace("=\r\n", "").replace("=\n", "")


def test_nothing_is_told_of_what_is_mended_or_gone_by_then(
    house: House, domain: SenderDomain, dns: DnsServer
) -> None:
    of = measure(domain)
    del dns.texts[of.dkim_name]
    look(house, domain)
    first, second = told(house)
    dns.texts[of.dkim_name] = [of.dkim_wanted]
    check_domain(house.owner.actor, domain.id)
    with clock.at(NIGHT):
        tell_member(house.supplier_id, first.id)
    assert (one(house, Notice, Notice.id == first.id).reason) == "nothing_to_tell"
    change(house, Supplier, house.supplier_id, sender_address=None)
    remove_domain(house.owner.actor, domain.id)
    tell_member(house.supplier_id, second.id)
    assert told(house) == []
