"""Replies, bounces and complaints come by IMAP: each counts once, and none stops the others."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from sqlalchemy.exc import OperationalError
from uuid_utils.compat import uuid7

from app.accounts import mail as account_mail
from app.kernel import clock
from app.kernel.jobs import Bell
from app.messaging import mailbox as mailboxes
from app.messaging.links import read_reply_address, reply_address
from app.messaging.mailbox import FAILURES, Place, opened
from app.models.choices import EnrollmentStatus, InteractionType, MessageEventType, SuppressionReason
from app.models.leads import Lead, LeadInteraction
from app.models.messaging import Message, MessageEvent, Suppression
from app.models.notices import Notice
from app.models.nurture import Enrollment
from app.settings import Settings
from app.workflows import read_mailbox as reading
from app.workflows import sweep as sweeping
from app.workflows.delete_lead import delete_lead
from app.workflows.read_mailbox import read_mailbox
from app.workflows.tell_member import tell_member
from tests.cast import House
from tests.factories.nurture import events, one, rows
from tests.fakes import Mailbox
from tests.features.messaging.signalling import NOW, sent
from tests.post_office import PostOffice, behind_tls, post_office
from tests.unit.messaging.letters import bounce, complaint, out_of_office, reply
from workers.jobs import mailbox as job

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def office(app: Flask) -> Iterator[PostOffice]:
    """A real IMAP server that the app reads while the test runs."""
    settings: Settings = app.extensions["settings"]
    with post_office() as place:
        given = Settings(**settings.model_dump() | {"imap_url": place.url, "mail_from": "leads@example.com"})
        app.extensions["settings"] = given
        yield place
        app.extensions["settings"] = settings


def address(message: Message) -> str:
    return str(reply_address(message.id))


def look(at: Any = LATER) -> int:
    with clock.at(at):
        return read_mailbox()


def test_messages_go_out_under_an_address_that_names_them(
    house: House, office: PostOffice, mailbox: Mailbox
) -> None:
    message = sent(house)
    [mail] = mailbox.messages
    assert mail["Reply-To"] == address(message)
    assert mailbox.senders == [address(message)], "bounces come back there, too"
    assert read_reply_address(address(message).upper()) == message.id
    assert address(message).startswith("leads+")
    assert len(address(message).partition("@")[0]) <= 64


@pytest.mark.parametrize("wrong", ["leads@example.com", "leads+x@example.com", "leads+é@example.com", "+@"])
def test_other_addresses_name_nothing(app: Flask, wrong: str) -> None:
    assert read_reply_address(wrong) is None


def test_a_reply_stands_on_the_timeline_and_is_passed_on(house: House, office: PostOffice) -> None:
    message = sent(house)
    office.put(reply("Yes please!\n\n> Hello", To=address(message)), LATER)
    assert look() == 1
    [entry] = rows(house, LeadInteraction, LeadInteraction.interaction_type == InteractionType.EMAIL_REPLIED)
    assert (entry.interaction_content, entry.occurred_at) == ("Yes please!", LATER)
    assert one(house, Enrollment).end_reason == "replied"
    assert one(house, Lead).awaiting_reply_since == LATER
    assert office.flags() == ["seen"]
    notice = one(house, Notice)
    assert (notice.id, notice.user_id, notice.kind) == (entry.id, house.owner.user_id, "answered")
    tell_member(house.supplier_id, notice.id)
    assert one(house, Notice).state == "accepted"
    letter = next(one for one in account_mail.kept() if house.owner.email in str(one["To"]))
    assert "> Yes please!" in letter.get_content()
    assert f"/leads/{message.lead_id}" in letter.get_content()


def test_without_our_address_the_message_it_answers_tells(house: House, office: PostOffice) -> None:
    message = sent(house)
    named = f"<{message.id}@example.com>"
    office.put(reply(To="leads@example.com", In_Reply_To=named), LATER)
    office.put(reply("And when?", To="leads@example.com", References=f"<x@y> {named}"), LATER)
    assert look() == 2
    assert events(house, message.id).count("replied") == 1, "the same Message-ID is the same e-mail"


def test_an_out_of_office_is_noted_and_nothing_follows(house: House, office: PostOffice) -> None:
    message = sent(house)
    office.put(out_of_office(To=address(message)), LATER)
    assert look() == 1
    event = one(house, MessageEvent, MessageEvent.event_type == MessageEventType.REPLIED)
    assert (event.is_human, event.details["reason"]) == (False, "Re: First")
    assert one(house, Enrollment).status is EnrollmentStatus.ACTIVE
    assert one(house, Lead).awaiting_reply_since is None
    assert one(house, Message).replied_at is None
    assert rows(house, Notice) == []


@pytest.mark.parametrize("by_address", [True, False])
def test_a_bounce_suppresses_the_address(house: House, office: PostOffice, by_address: bool) -> None:
    message = sent(house)
    mail = bounce(address(message), original=str(uuid7())) if by_address else bounce(original=str(message.id))
    office.put(mail, LATER)
    assert look() == 1
    assert one(house, Suppression).reason == SuppressionReason.HARD_BOUNCE
    assert one(house, Message).bounced_at == LATER


def test_a_full_mailbox_is_noted(house: House, office: PostOffice) -> None:
    message = sent(house)
    office.put(bounce(address(message), status="5.2.2"), LATER)
    assert look() == 1
    assert rows(house, Suppression) == []
    assert events(house, message.id)[-1] == "bounced"


def test_a_complaint_stops_everything(house: House, office: PostOffice) -> None:
    message = sent(house)
    office.put(complaint(original=str(message.id)), LATER)
    assert look() == 1
    assert one(house, Suppression).reason == SuppressionReason.COMPLAINT
    assert one(house, Enrollment).end_reason == "complained"


def test_what_is_not_ours_or_makes_no_sense_is_set_aside_and_the_others_go_on(
    house: House, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    message, gone = sent(house), sent(house)
    delete_lead(house.owner.actor, gone.lead_id)
    office.put(b"\r\n", LATER)
    office.put(reply(To="leads@example.com", Message_Id="<spam@x>"), LATER)
    office.put(reply(To=address(gone), Message_Id="<gone@x>"), LATER)
    office.put(reply(To=address(message), Message_Id="<fine@x>"), LATER)
    assert look() == 1
    assert office.flags() == ["flagged", "flagged", "flagged", "seen"]
    assert look() == 0
    assert events(house, message.id)[-1] == "replied"


def test_an_e_mail_that_breaks_us_does_not_stop_the_others(
    house: House, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = sent(house)
    real = reading.read

    def breaks(raw: bytes) -> Any:
        if b"poison" in raw:
            raise RecursionError("too deep")
        return real(raw)

    monkeypatch.setattr(reading, "read", breaks)
    office.put(reply("poison", To=address(message)), LATER)
    office.put(reply("fine", To=address(message), Message_Id="<fine@x>"), LATER)
    assert look() == 1
    assert office.flags() == ["flagged", "seen"]


def test_while_the_database_is_away_it_stays_unread(
    house: House, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = sent(house)
    office.put(reply(To=address(message)), LATER)

    def away(*_: object) -> bool:
        raise OperationalError("select", {}, Exception("the server closed the connection"))

    with monkeypatch.context() as patch, pytest.raises(OperationalError):
        patch.setattr(reading, "record_signal", away)
        look()
    assert office.flags() == [""]
    assert look() == 1
    assert events(house, message.id)[-1] == "replied"


def test_killed_after_the_commit_it_is_read_again_and_counts_once(
    house: House, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = sent(house)
    office.put(reply(To=address(message)), LATER)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(reading.Mailbox, "done", killed)
        look()
    assert office.flags() == [""]
    look()
    assert office.flags() == ["seen"]
    assert events(house, message.id).count("replied") == 1


def test_read_by_three_at_once_each_counts_once(app: Flask, house: House, office: PostOffice) -> None:
    message = sent(house)
    for number in range(5):
        office.put(reply(f"Number {number}", To=address(message), Message_Id=f"<{number}@x>"), LATER)

    def run(_: int) -> int:
        with app.app_context():
            return look()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(run, range(3)))
    assert events(house, message.id).count("replied") == 5
    assert office.flags() == ["seen"] * 5


def test_a_batch_at_a_time(house: House, office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH", 2)
    message = sent(house)
    for number in range(3):
        office.put(reply(To=address(message), Message_Id=f"<{number}@x>"), LATER)
    assert [look(), look(), look()] == [2, 1, 0]


def test_a_server_that_is_away_is_one_line_in_the_log(app: Flask, office: PostOffice) -> None:
    settings: Settings = app.extensions["settings"]
    away = settings.model_copy(update={"imap_url": None})
    app.extensions["settings"] = Settings(**away.model_dump() | {"imap_url": "imap://a:b@127.0.0.1:1/INBOX"})
    job.read_mailbox()


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    """A certificate for this machine's address, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")]), datetime.now(UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(1))
    signed = made.add_extension(here, critical=False).sign(key, hashes.SHA256())
    encoding = serialization.Encoding.PEM
    plain = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path / "here.pem"
    path.write_bytes(plain + signed.public_bytes(encoding))
    return path


def unread(url: str) -> list[int]:
    with opened(Place.of(url)) as box:
        return box.unread(10)


def test_the_password_goes_over_tls_to_whom_we_trust_alone(
    pem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with post_office(pem) as office, behind_tls(office, pem) as tls:
        for url in (office.url, tls):
            with pytest.raises(FAILURES, match="certificate verify failed"):
                unread(url)
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        assert [unread(office.url), unread(tls)] == [[], []]


def test_to_another_machine_nothing_goes_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailboxes, "LOOPBACK", ())
    with post_office() as office, pytest.raises(FAILURES, match="no encryption"):
        unread(office.url)


def test_a_wrong_password_is_a_failure(office: PostOffice) -> None:
    with pytest.raises(FAILURES):
        unread(office.url.replace("s3cret", "wrong"))


def test_it_is_off_without_a_mailbox(house: House, mailbox: Mailbox) -> None:
    assert read_mailbox() == 0
    message = sent(house)
    assert reply_address(message.id) is None
    assert mailbox.messages[0]["Reply-To"] is None


def test_the_ticker_rings_once_a_minute(
    app: Flask, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[Bell] = []
    monkeypatch.setattr(sweeping.jobs, "send", rung.extend)
    monkeypatch.setattr(sweeping, "MAILBOX", sweeping.Minute())
    for second in (0, 15, 59, 60, 75):
        sweeping.sweep(NOW + timedelta(seconds=second))
    mine = [bell for bell in rung if bell.job == "workers.jobs.mailbox.read_mailbox"]
    assert len(mine) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"imap_url": "imaps://mail.example/INBOX"},
        {"imap_url": "https://a:b@mail.example"},
        {"imap_url": "imaps://a:b@mail.example", "reply_address": "x" * 25 + "@example.com"},
        {"imap_url": "imaps://a:b@mail.example", "reply_address": "nobody"},
    ],
)
def test_a_wrong_setting_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"IMAP_URL|REPLY_ADDRESS"):
        Settings(**wrong)
